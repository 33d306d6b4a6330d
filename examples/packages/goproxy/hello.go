// Package hello says hello.
package hello

// Version is the one of this module.
const Version = "@VERSION@"

// Greeting says where it comes from.
func Greeting() string { return "Hello from " + Version }
