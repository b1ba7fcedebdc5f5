//! Reading a text with bounds.

use std::path::Path;

use super::note::{LoadNote, Problem};
use super::system::{ReadError, System};

/// Source files and schemas with more bytes than this are not read: generated code, bundles, dumps.
pub const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024;

/// The text of a file, or why there is none; a note beside the text says that it is not all what the file holds.
pub(super) fn text(system: &dyn System, path: &Path, most: u64) -> Result<(String, Option<LoadNote>), LoadNote> {
    let note = |problem| LoadNote { path: path.into(), problem };
    let bytes = system.read(path, most).map_err(|error| {
        note(match error {
            ReadError::TooLarge(bytes) => Problem::TooLarge { bytes, most },
            ReadError::Io(error) => Problem::Unreadable(error.kind().to_string()),
        })
    })?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(note(Problem::NotUtf8))),
    })
}
