//! The threads that analyse.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::check::STACK;

use super::event::{Event, Work};

/// How a piece of work ended.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It is done.
    Done(T),
    /// An edit came in between: what it would have found is no longer true.
    Overtaken,
    /// It panicked, with this message. The state is as it was; the next question may be answered.
    Panicked(String),
}

/// Runs a piece of work that asks a snapshot: the one place where its cancellation is caught.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Outcome<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Outcome::Done(done),
        Err(payload) => match payload.downcast::<salsa::Cancelled>() {
            Ok(_) => Outcome::Overtaken,
            Err(payload) => Outcome::Panicked(message(&*payload)),
        },
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|it| (*it).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// A piece of work. It holds a snapshot, so it is handed over only when a thread is free: a snapshot in a queue would make the next
/// edit wait.
pub type Job = Box<dyn FnOnce() -> Work + Send>;

/// Threads, and how many of them are free.
pub struct Workers {
    jobs: Sender<Job>,
    free: usize,
}

impl Workers {
    /// Starts `count` threads that report to `events`; fewer if the system gives fewer.
    pub fn new(count: usize, events: &Sender<Event>) -> Self {
        let (jobs, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let start = |index: usize| {
            let (waiting, events) = (waiting.clone(), events.clone());
            let thread = std::thread::Builder::new().name(format!("worker {index}")).stack_size(STACK);
            thread.spawn(move || work(&waiting, &events)).is_ok()
        };
        let free = (0..count).filter(|index| start(*index)).count();
        Workers { jobs, free }
    }

    /// Whether a thread is free.
    pub fn any_free(&self) -> bool {
        self.free > 0
    }

    /// Hands work to a free thread: ask [`Workers::any_free`] before making it.
    pub fn run(&mut self, job: Job) {
        self.free = self.free.saturating_sub(1);
        // The receiver lives as long as its threads, which live as long as this sender.
        let _ = self.jobs.send(job);
    }

    /// A thread reported, so it is free again.
    pub fn freed(&mut self) {
        self.free += 1;
    }
}

fn work(waiting: &Mutex<Receiver<Job>>, events: &Sender<Event>) {
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if events.send(Event::Worked(job())).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_with_its_message() {
        assert!(matches!(guarded(|| 1), Outcome::Done(1)));
        let panicked = guarded(|| std::panic::resume_unwind(Box::new("why".to_owned())));
        assert!(matches!(panicked, Outcome::<()>::Panicked(text) if text == "why"));
        let overtaken = guarded(|| std::panic::resume_unwind(Box::new(salsa::Cancelled::PendingWrite)));
        assert!(matches!(overtaken, Outcome::<()>::Overtaken));
    }
}
