//! A small invented press of its own: the outlets, pages and feeds of the demo.
