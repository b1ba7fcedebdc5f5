//! The form of a catalogue file.

/// One catalogue file.
#[derive(Clone, Debug, PartialEq)]
pub struct CatalogFile {
    /// Specifiers it speaks of; `*` stands for any text.
    pub packages: Vec<String>,
}

/// All catalogue files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// Ours and the user's.
    pub files: Vec<CatalogFile>,
}
