"""How Tuki looks: base pages, colours, icons, and the small parts that every page is put together from."""
