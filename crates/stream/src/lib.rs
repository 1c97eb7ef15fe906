//! The bus between two stages, and the one loop that runs a stage.
