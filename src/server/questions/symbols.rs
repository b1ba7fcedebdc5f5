//! `textDocument/documentSymbol` and `workspace/symbol`: routes.

use std::path::Path;

use crate::check::{Place, Posture, Snapshot};
use crate::report;
use crate::server::convert::Places;
use crate::server::lsp::*;
use crate::server::view::View;

/// The routes of a file: those registered there, and those whose handler stands there.
pub fn answer(path: &Path, snapshot: &Snapshot, view: &View) -> Option<DocumentSymbolResponse> {
    let mut places = Places::new(view, snapshot);
    let routes = snapshot.routes();
    let of_file = routes.iter().filter_map(|route| Some((route, place_in(route, path)?)));
    if view.flags.symbol_trees {
        let symbols = of_file.filter_map(|(route, place)| tree(route, place, &mut places));
        Some(DocumentSymbolResponse::Nested(symbols.collect()))
    } else {
        let symbols = of_file.filter_map(|(route, place)| flat(route, place, &mut places));
        Some(DocumentSymbolResponse::Flat(symbols.collect()))
    }
}

/// The routes of all folders whose method and path hold every word of the query.
pub fn search(query: &str, snapshots: &[Snapshot], view: &View) -> Option<WorkspaceSymbolResponse> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let wanted = |route: &Posture| {
        let name = name(route).to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let mut found = Vec::new();
    for snapshot in snapshots {
        let mut places = Places::new(view, snapshot);
        let routes = snapshot.routes();
        found.extend(routes.iter().filter(|it| wanted(it)).filter_map(|it| flat(it, &it.handler, &mut places)));
    }
    Some(found.into())
}

fn name(route: &Posture) -> String {
    format!("{} {}", route.route.method, route.route.path)
}

fn place_in<'a>(route: &'a Posture, path: &Path) -> Option<&'a Place> {
    [&route.handler, &route.place].into_iter().find(|place| *place.path == *path)
}

fn tree(route: &Posture, place: &Place, places: &mut Places<'_>) -> Option<DocumentSymbol> {
    let range = places.range(place.file, place.span)?;
    #[expect(deprecated, reason = "the field has to be named to make one")]
    Some(DocumentSymbol {
        name: name(route),
        detail: Some(report::posture(route)),
        kind: SymbolKind::INTERFACE,
        tags: None,
        deprecated: None,
        range,
        selection_range: range,
        children: None,
    })
}

fn flat(route: &Posture, place: &Place, places: &mut Places<'_>) -> Option<SymbolInformation> {
    let location = places.location(place)?;
    #[expect(deprecated, reason = "the field has to be named to make one")]
    Some(SymbolInformation {
        name: name(route),
        kind: SymbolKind::INTERFACE,
        tags: None,
        deprecated: None,
        location,
        container_name: Some(route.framework.to_owned()),
    })
}
