//! Lowering after an edit.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::kinds::Grammar;
use super::{interface, lower_item, top_nodes};
use crate::base::{ItemId, Name};
use crate::ir::{Item, ItemEntry, Module};
use crate::syntax::SyntaxTree;
use crate::text::{Edit, Moved, compose};

/// Lowers `text`, which `edits` made of the text that `old` belongs to.
///
/// Only items that an edit touches, and those with an error or a gap of the grammar, are lowered again; the others are the same allocation with the same id, and
/// so is one that was lowered to what it was before. An item that was edited in place keeps its id, a new one gets one that no item of the
/// file ever had. The interface is the same allocation if it is equal. Ids aside, the result is that of [`super::lower`].
pub fn relower(old: &Module, edits: &[Edit], tree: &SyntaxTree, text: &str) -> Module {
    let grammar = Grammar::of(tree.language());
    let nodes = top_nodes(tree, grammar);
    let kept = untouched(old, &compose(edits), &nodes);
    let mut items = Vec::with_capacity(nodes.len());
    let mut next_item = old.next_item;
    let mut same_interface = true;
    let (mut old_from, mut new_from) = (0, 0);
    let ends = kept.iter().copied().map(Some).chain([None]);
    for anchor in ends {
        let (old_to, new_to) = anchor.unwrap_or((old.items.len(), nodes.len()));
        let before = &old.items[old_from..old_to];
        let fresh: Vec<Item> = nodes[new_from..new_to].iter().map(|node| lower_item(*node, text, grammar)).collect();
        same_interface &= before.iter().map(|it| &it.item.shown).eq(fresh.iter().map(|it| &it.shown));
        for (item, partner) in pair(before, &fresh).into_iter().zip(fresh).map(|(partner, item)| (item, partner)) {
            let entry = match partner {
                Some(index) if *before[index].item == item => before[index].clone(),
                Some(index) => ItemEntry { id: before[index].id, item: Arc::new(item) },
                None => {
                    next_item += 1;
                    ItemEntry { id: ItemId(next_item - 1), item: Arc::new(item) }
                }
            };
            items.push(entry);
        }
        if anchor.is_some() {
            items.push(old.items[old_to].clone());
        }
        (old_from, new_from) = (old_to + 1, new_to + 1);
    }
    let interface = if same_interface {
        old.interface.clone()
    } else {
        let new = interface::interface(items.iter().map(|it| &*it.item));
        if new == *old.interface { old.interface.clone() } else { Arc::new(new) }
    };
    Module {
        interface,
        items: items.into(),
        starts: nodes.iter().map(|it| it.start_byte() as u32).collect(),
        len: text.len() as u32,
        next_item,
    }
}

/// Pairs of indices, in order, of old items and new nodes that hold the same text at the same place, edits aside.
///
/// A node with an error, even if that is a gap of the grammar, is none: what becomes of it depends on errors elsewhere.
fn untouched(old: &Module, moved: &[Moved], nodes: &[Node<'_>]) -> Vec<(usize, usize)> {
    let mut kept = Vec::with_capacity(nodes.len());
    let (mut region, mut next) = (0, 0);
    for (index, (entry, start)) in old.items.iter().zip(old.starts.iter()).enumerate() {
        let (start, end) = (*start as usize, (*start + entry.item.len) as usize);
        while moved.get(region).is_some_and(|it| it.old_end < start) {
            region += 1;
        }
        // An edit that touches an edge may have been typed onto the item.
        let touched = moved.get(region).is_some_and(|it| it.old_start <= end);
        if touched || entry.item.broken {
            continue;
        }
        let before = region.checked_sub(1).and_then(|it| moved.get(it));
        let new_start = before.map_or(start, |it| start - it.old_end + it.new_end);
        while nodes.get(next).is_some_and(|it| it.start_byte() < new_start) {
            next += 1;
        }
        let Some(node) = nodes.get(next) else { break };
        if node.start_byte() == new_start && node.end_byte() - node.start_byte() == end - start && !node.has_error() {
            kept.push((index, next));
            next += 1;
        }
    }
    kept
}

/// How many old items are looked at for one that is equal to a new one.
const MOST_SKIPPED: usize = 64;

/// Which old item each new one continues: an equal one, else one that binds the same name, else the next of the rest.
fn pair(old: &[ItemEntry], new: &[Item]) -> Vec<Option<usize>> {
    let mut partners = vec![None; new.len()];
    if old.is_empty() {
        return partners;
    }
    let mut taken = vec![false; old.len()];
    let mut next = 0;
    for (partner, item) in partners.iter_mut().zip(new) {
        *partner = (next..old.len()).take(MOST_SKIPPED).find(|index| *old[*index].item == *item);
        if let Some(index) = *partner {
            taken[index] = true;
            next = index + 1;
        }
    }
    let mut by_name: FxHashMap<Name, usize> = FxHashMap::default();
    for (index, entry) in old.iter().enumerate().rev().filter(|(index, _)| !taken[*index]) {
        if let Some(first) = entry.item.binds.first() {
            by_name.insert(*first, index);
        }
    }
    for (partner, item) in partners.iter_mut().zip(new).filter(|(partner, _)| partner.is_none()) {
        if let Some(index) = item.binds.first().and_then(|name| by_name.remove(name)) {
            *partner = Some(index);
            taken[index] = true;
        }
    }
    let mut free = (0..old.len()).filter(|index| !taken[*index]);
    for partner in partners.iter_mut().filter(|it| it.is_none()) {
        *partner = free.next();
    }
    partners
}
