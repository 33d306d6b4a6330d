#!/bin/sh
# One of the sample packages of indexgen.
echo "Hello from 1.0.0"
