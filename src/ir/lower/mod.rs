//! Syntax trees to IR.
