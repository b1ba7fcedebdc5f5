//! The editor that started the server: when it is gone, the server goes.

use std::time::Duration;

/// How often the editor is looked for. Its end usually closes standard input, which is noticed at once.
const INTERVAL: Duration = Duration::from_secs(3);

/// Ends this process once the process `id` is gone.
pub fn follow(id: u32) {
    if !alive(id) {
        // A process of another namespace (a container, a remote session) was never visible: its end says nothing.
        return;
    }
    let watch = move || {
        while alive(id) {
            std::thread::sleep(INTERVAL);
        }
        std::process::exit(1);
    };
    // Without the thread the end of standard input is still noticed.
    let _ = std::thread::Builder::new().name("parent".to_owned()).stack_size(64 << 10).spawn(watch);
}

#[cfg(unix)]
fn alive(id: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let Some(id) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return false };
    // Not being allowed to signal it means that it is there.
    !matches!(test_kill_process(id), Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn alive(_: u32) -> bool {
    // On Windows the end of the editor closes standard input in every way that it can end.
    false
}
