// The pages for people are data. This target carries them beside the program; see `pages/`.
