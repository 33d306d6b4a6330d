module example.org/indexgen-hello

go 1.20
