//! The one thread that owns the state.
//!
//! It takes everything that has arrived in order, and only then looks at what is to be done: of ten keystrokes that wait, the
//! tenth is analysed. A document that was touched comes first, on this very thread if the last time was quick (handing it over
//! would cost more than doing it), else on a worker. What else may have changed with it follows after a moment of quiet.
//!
//! **Invariant:** nothing here waits for the client. What asks the client something is a task that comes back as an event.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use tokio::runtime::Handle;

use super::documents::Documents;
use super::event::{Event, Question, Start, Work};
use super::folders::Folders;
use super::lsp::Client;
use super::outbox::Outbox;
use super::view::View;
use super::watch;
use super::workers::Workers;

/// How long the user has to rest before the rest of the project is looked at.
const QUIET: Duration = Duration::from_millis(100);
/// How many events are taken before something is done: a flood must not starve the work.
const MOST_AT_ONCE: usize = 1024;
/// How many workers: one for the document in hand, one for the survey or a question.
const WORKERS: usize = 2;

/// The state of the server.
pub struct Loop {
    events: Receiver<Event>,
    pub(super) sender: Sender<Event>,
    pub(super) client: Client,
    pub(super) runtime: Handle,
    pub(super) outbox: Outbox,
    pub(super) view: Arc<View>,
    pub(super) folders: Folders,
    pub(super) documents: Documents,
    pub(super) workers: Workers,
    /// Questions that wait for a worker, or for their folder.
    pub(super) waiting: VecDeque<Waiting>,
    /// What the client shows of each file: the hash of it. Files that it shows nothing of are left out.
    pub(super) published: FxHashMap<PathBuf, u64>,
    /// Until when the user is thought to be typing.
    resting_at: Option<Instant>,
    pub(super) refresh: Refresh,
    /// Whether the client may be asked.
    pub(super) ready: bool,
}

/// A question, and the version of the document that it was asked about.
pub struct Waiting {
    pub question: Question,
    pub version: Option<i32>,
}

/// Whether the client was told to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// It was not.
    Idle,
    /// It was, and has not answered.
    Sent,
    /// The same, and there is news for it since.
    SentAndStale,
}

impl Loop {
    /// A loop over `events`; `sender` is where workers and tasks report to it.
    pub fn new(events: Receiver<Event>, sender: Sender<Event>, client: Client, runtime: Handle, outbox: Outbox) -> Self {
        let workers = Workers::new(WORKERS, &sender);
        Loop {
            events,
            sender,
            client,
            runtime,
            outbox,
            view: Arc::default(),
            folders: Folders::default(),
            documents: Documents::default(),
            workers,
            waiting: VecDeque::new(),
            published: FxHashMap::default(),
            resting_at: None,
            refresh: Refresh::Idle,
            ready: false,
        }
    }

    /// Runs until the client is gone.
    pub fn run(mut self) {
        loop {
            let arrived = match self.resting_at {
                None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(at) => self.events.recv_timeout(at.saturating_duration_since(Instant::now())),
            };
            let mut next = match arrived {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let mut taken = 0;
            while let Some(event) = next {
                if self.take(event).is_break() {
                    return;
                }
                taken += 1;
                next = if taken < MOST_AT_ONCE { self.events.try_recv().ok() } else { None };
            }
            self.work();
        }
    }

    /// Takes one event. Edits reach their session here, in the order in which they arrived.
    fn take(&mut self, event: Event) -> ControlFlow<()> {
        match event {
            Event::Start(start) => self.start(*start),
            Event::Ready => self.become_ready(),
            Event::Open(params) => self.open(params),
            Event::Change(params) => self.change(params),
            Event::Save(params) => self.save(&params),
            Event::Close(params) => self.close(&params),
            Event::Watched(params) => self.watched(&params),
            Event::Folders(params) => self.change_folders(&params),
            Event::Configure(params) => self.configure(&params),
            Event::Ask(question) => self.ask(question),
            Event::Loaded(folder, loaded) => self.loaded(folder, *loaded),
            Event::Worked(work) => {
                self.workers.freed();
                match work {
                    Work::Touched(path, outcome) => self.touched(&path, outcome),
                    Work::Surveyed(folder, outcome) => self.surveyed(folder, outcome),
                    Work::Answered(None) => {}
                    Work::Answered(Some(question)) => self.ask(question),
                }
            }
            Event::Refreshed => self.refreshed(),
            Event::Gone => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    /// Does what is to be done, the most urgent first.
    fn work(&mut self) {
        self.touch_what_is_pulled();
        self.analyse_touched();
        self.answer_waiting();
        if self.resting_at.is_some_and(|at| at <= Instant::now()) {
            self.resting_at = None;
        }
        if self.resting_at.is_none() {
            self.survey_stale();
        }
    }

    /// Something was changed by the user: the rest of the project waits for a moment of quiet.
    pub(super) fn disturbed(&mut self) {
        self.resting_at = Some(Instant::now() + QUIET);
    }

    fn start(&mut self, start: Start) {
        let view = Arc::make_mut(&mut self.view);
        view.flags = start.flags;
        view.settings = start.settings;
        for root in start.roots {
            self.add_folder(root, false);
        }
    }

    fn become_ready(&mut self) {
        self.ready = true;
        if self.view.flags.watch {
            watch::register(self.client.clone(), &self.runtime);
        }
        self.show_loading();
    }
}
