//! Several edits as one picture: which bytes of the old text are which bytes of the new one.

use super::Edit;

/// A region that was replaced. Between two of them the texts are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// First byte in the old text.
    pub old_start: usize,
    /// End in the old text.
    pub old_end: usize,
    /// First byte in the new text.
    pub new_start: usize,
    /// End in the new text.
    pub new_end: usize,
}

/// Joins edits, each of which is relative to the text that the one before left, into disjoint regions in order of place.
pub fn compose(edits: &[Edit]) -> Vec<Moved> {
    let mut all: Vec<Moved> = Vec::new();
    for edit in edits {
        let first = all.partition_point(|it| it.new_end < edit.start);
        let last = first + all[first..].iter().take_while(|it| it.new_start <= edit.old_end).count();
        // What the edit touches in the old text, seen through the regions that it does not touch.
        let old_at =
            |new: usize, before: Option<&Moved>| new - before.map_or(0, |it| it.new_end) + before.map_or(0, |it| it.old_end);
        let before = first.checked_sub(1).and_then(|index| all.get(index));
        let touched = &all[first..last];
        let starts_inside = touched.first().filter(|it| it.new_start <= edit.start);
        let ends_inside = touched.last().filter(|it| it.new_end >= edit.old_end);
        let joined = Moved {
            old_start: starts_inside.map_or_else(|| old_at(edit.start, before), |it| it.old_start),
            old_end: ends_inside.map_or_else(|| old_at(edit.old_end, touched.last().or(before)), |it| it.old_end),
            new_start: starts_inside.map_or(edit.start, |it| it.new_start),
            new_end: ends_inside.map_or(edit.new_end, |it| it.new_end - edit.old_end + edit.new_end),
        };
        for later in &mut all[last..] {
            later.new_start = later.new_start - edit.old_end + edit.new_end;
            later.new_end = later.new_end - edit.old_end + edit.new_end;
        }
        all.splice(first..last, [joined]);
    }
    all
}
