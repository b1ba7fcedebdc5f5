//! `routewarden routes`

use crate::report::{self, Sources};

use super::args::{Colour, Format, RoutesArgs};
use super::output::Output;
use super::target::Target;
use super::{Ended, Failure};

pub fn run(args: &RoutesArgs) -> Result<Ended, Failure> {
    let target = Target::open(&args.paths, args.config.as_deref())?;
    let snapshot = target.session.snapshot();
    let mut routes = snapshot.routes();
    routes.retain(|it| target.covers(&it.handler) || target.covers(&it.place));
    let mut sources = Sources::new(&snapshot);
    match args.format {
        Format::Json => {
            Output::new(Colour::Never).print(|out| report::routes_json(out, &routes, &mut sources, &target.folder))?;
        }
        Format::Text if routes.is_empty() => eprintln!("no routes found in {}", report::shown(&target.root, &target.folder)),
        Format::Text => {
            let mut out = Output::new(args.color);
            let colour = out.colour();
            out.print(|out| report::routes_table(out, &routes, &mut sources, &target.folder, colour))?;
        }
    }
    Ok(Ended::Clean)
}
