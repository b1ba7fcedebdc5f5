//! The interface of a file from those of its items.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::base::Name;
use crate::ir::{Export, Import, Interface, Item};

/// Joins what the items show, in order.
pub(super) fn interface<'a>(items: impl Iterator<Item = &'a Item>) -> Interface {
    let mut all = Interface::default();
    let mut known: FxHashMap<Arc<str>, u32> = FxHashMap::default();
    let mut exported: FxHashMap<Name, usize> = FxHashMap::default();
    let (mut esm, mut commonjs, mut at_head) = (false, false, true);
    for item in items {
        let shown = &item.shown;
        match &shown.directive {
            Some(directive) if at_head => all.directives.push(directive.clone()),
            _ => at_head = false,
        }
        (esm, commonjs) = (esm || shown.esm, commonjs || shown.commonjs);
        let indices: Vec<u32> = (shown.specifiers.iter())
            .map(|text| {
                *known.entry(text.clone()).or_insert_with(|| {
                    all.specifiers.push(text.clone());
                    all.specifiers.len() as u32 - 1
                })
            })
            .collect();
        let global = |local: u32| indices.get(local as usize).copied().unwrap_or(0);
        all.imports.extend(shown.imports.iter().map(|it| Import { specifier: global(it.specifier), ..it.clone() }));
        all.stars.extend(shown.stars.iter().map(|it| global(*it)));
        for (name, export) in &shown.exports {
            let export = match export {
                Export::From(specifier, name) => Export::From(global(*specifier), *name),
                local => local.clone(),
            };
            // CommonJS may assign an export twice: the last one holds.
            match exported.get(name) {
                Some(index) => all.exports[*index].1 = export,
                None => {
                    exported.insert(*name, all.exports.len());
                    all.exports.push((*name, export));
                }
            }
        }
    }
    all.commonjs = commonjs && !esm;
    all
}
