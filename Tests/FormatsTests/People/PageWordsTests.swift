import Testing

@testable import Formats

struct PageWordsTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_049, "1.0 kB"), (1_050, "1.1 kB"), (1_400_000, "1.4 MB"),
        (99_940, "99.9 kB"),
        (99_950, "100 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (999_949_999, "1.0 GB"), (412_000_000_000, "412 GB"),
        (-5, "0 B"),
        (Int64.max, "9.2 EB"), (999_999_999_999_999_999, "1.0 EB"),
    ])
    func `Sizes are in powers of 1000`(bytes: Int64, text: String) {
        #expect(PageWords.size(bytes) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (14_210, "14,210"), (1_234_567, "1,234,567"), (-1_000, "-1,000")])
    func `Thousands are apart`(number: Int64, text: String) {
        #expect(PageWords.count(number) == text)
    }

    @Test
    func `One is one, others are many`() {
        #expect(PageWords.count(1, "package", "packages") == "1 package")
        #expect(PageWords.count(0, "package", "packages") == "0 packages")
        #expect(PageWords.count(14_210, "package", "packages") == "14,210 packages")
    }

    @Test
    func `Dates are ISO and UTC`() {
        let time = Timestamp(seconds: 1_796_000_651)
        #expect(PageWords.date(time) == "2026-11-30")
        #expect(PageWords.minute(time) == "2026-11-30 01:04 UTC")
        var html: [UInt8] = []
        PageWords.appendTime(time, to: &html)
        #expect(String(decoding: html, as: UTF8.self) == "<time datetime=\"2026-11-30T01:04:11Z\">2026-11-30</time>")
    }

    @Test(arguments: [
        ("relay-gateway=1:4.2.1-2.el9", "relay-gateway=1:4.2.1-2.el9"), ("@acme/forms", "@acme/forms"), ("1.0~rc1", "1.0~rc1"),
        ("", "''"), ("~root", "'~root'"), ("a=~", "'a=~'"), ("=ls", "'=ls'"), ("a b", "'a b'"), ("$(x)", "'$(x)'"),
        ("it's", "'it'\\''s'"),
        ("a;b", "'a;b'"), ("\u{E9}", "'\u{E9}'"), ("*", "'*'"), ("a!b", "'a!b'"),
    ])
    func `Names are one word of a shell`(name: String, word: String) {
        #expect(PageWords.shellWord(name) == word)
    }
}
