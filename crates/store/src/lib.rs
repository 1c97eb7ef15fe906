//! The day's compilation in SQLite: schema, the sink's writes, memory of stages, search, views.
