import Testing

@testable import IndexGen

@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("plain \u{e9}\u{1F600} text", "plain \u{e9}\u{1F600} text"), ("a\nadded b", "a\\u{A}added b"),
        ("\u{1b}[2J", "\\u{1B}[2J"),
        ("\u{9b}31m\u{7f}\r", "\\u{9B}31m\\u{7F}\\u{D}"), ("a\u{202e}fdp\u{2066}", "a\\u{202E}fdp\\u{2066}"),
        ("a\u{2028}b\u{85}", "a\\u{2028}b\\u{85}"),
    ])
    func `what a terminal would obey is spelled out`(text: String, printed: String) {
        #expect(PrintableText.of(text) == printed)
    }

    @Test func `the middle of what is long is left out`() {
        let printed = PrintableText.of("begin" + String(repeating: "x", count: 1 << 20) + "end")
        #expect(printed.hasPrefix("begin") && printed.hasSuffix("end") && printed.contains(" … ") && printed.utf8.count < 1_100)
        #expect(PrintableText.of(String(repeating: "y", count: 1_000)) == String(repeating: "y", count: 1_000))
    }
}
