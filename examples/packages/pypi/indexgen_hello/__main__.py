import indexgen_hello

print(indexgen_hello.greeting())
