//! `routewarden.toml`.

/// The project's configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {}

/// What is wrong with a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {}
