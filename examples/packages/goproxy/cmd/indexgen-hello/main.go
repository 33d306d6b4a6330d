package main

import (
	"fmt"

	hello "example.org/indexgen-hello"
)

func main() { fmt.Println(hello.Greeting()) }
