//! Finds and fetches pages with good manners: feeds, sitemaps, robots.txt, one lane a host.
