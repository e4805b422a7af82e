"""One story, told from beginning to end: what `obmin demo`, the browser tests and the pictures show."""
