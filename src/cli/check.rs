//! `routewarden check`

use crate::check::{Report, Snapshot};
use crate::findings::{Confidence, Severity};
use crate::fixes::Applicability;
use crate::report::{self, Sources};

use super::args::{CheckArgs, Colour, FixKind, Format};
use super::output::Output;
use super::target::Target;
use super::{Ended, Failure, fix};

pub fn run(args: &CheckArgs) -> Result<Ended, Failure> {
    let mut target = Target::open(&args.paths, args.config.as_deref())?;
    let kind = if args.unsafe_fixes { Some(FixKind::Review) } else { args.fix };
    let refused = match kind {
        Some(kind) => {
            let least = if kind == FixKind::Review { Applicability::Review } else { Applicability::Safe };
            let done = fix::run(&mut target, least, &wanted(args))?;
            if !args.quiet {
                done.applied.iter().for_each(|line| eprintln!("{line}"));
            }
            done.refused
        }
        None => Vec::new(),
    };
    let snapshot = target.session.snapshot();
    let reports = shown(&target, &snapshot, &wanted(args));
    print(args, &target, &snapshot, &reports)?;
    if let Some(first) = refused.into_iter().reduce(|all, next| format!("{all}\n  {next}")) {
        return Err(Failure::new(first).help("nothing of these files was changed; run the command again"));
    }
    let threshold = Severity::from(args.fail_on);
    let failing = reports.iter().any(|it| it.severity >= threshold && it.confidence > Confidence::NotProven);
    Ok(if failing { Ended::Found } else { Ended::Clean })
}

/// Which findings are wanted.
pub struct Wanted {
    least: Confidence,
}

fn wanted(args: &CheckArgs) -> Wanted {
    Wanted { least: if args.show_unproven { Confidence::NotProven } else { args.min_confidence.into() } }
}

/// The wanted findings below the given paths.
pub fn shown(target: &Target, snapshot: &Snapshot, wanted: &Wanted) -> Vec<Report> {
    let mut reports = snapshot.findings();
    reports.retain(|it| it.confidence >= wanted.least && target.covers(&it.place));
    reports
}

fn print(args: &CheckArgs, target: &Target, snapshot: &Snapshot, reports: &[Report]) -> Result<(), Failure> {
    let mut sources = Sources::new(snapshot);
    let counts = snapshot.counts();
    if args.format == Format::Json {
        let mut out = Output::new(Colour::Never);
        out.print(|out| report::findings_json(out, reports, counts, &mut sources, &target.folder))?;
    } else {
        let mut out = Output::new(args.color);
        let colour = out.colour();
        // One after the other: the first finding is seen while the last is still being drawn.
        for it in reports {
            let text = report::finding_text(it, &mut sources, &target.folder, colour);
            out.print(|out| writeln!(out, "{text}"))?;
        }
        if !args.quiet {
            let unproven_shown = wanted(args).least == Confidence::NotProven;
            out.print(|out| writeln!(out, "{}", report::Summary { reports, counts, unproven_shown }))?;
        }
    }
    if !args.quiet {
        for note in snapshot.notes() {
            eprintln!("note: {}: {}", report::shown(&note.path, &target.folder), note.message);
        }
    }
    Ok(())
}
