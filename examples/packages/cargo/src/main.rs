fn main() {
    println!("{}", indexgen_hello::greeting());
}
