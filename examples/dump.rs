use routewarden::check::{Disk, Options, Session};
use std::sync::Arc;
fn main() {
    let app = std::env::args().nth(1).unwrap();
    let filter = std::env::args().nth(2).unwrap_or_default();
    let s = Session::open(Arc::new(Disk), std::path::Path::new(&app), Options::default());
    s.snapshot().dump(&filter);
}
