import Testing

@testable import Formats

struct ReadmeHostileTests {
    static let forms: [Readme.Form] = [.markdown, .restructuredText, .plain]

    private func check(_ text: [UInt8], _ note: String) {
        for form in Self.forms {
            let html = Readme.html(of: text, as: form)
            #expect(TagChecker.fault(in: html) == nil, "\(form): \(note)")
            #expect(html.count <= 200_200, "\(form): \(note)")
            #expect(Self.depth(html) < 120, "\(form): \(note)")
        }
    }

    /// How deep elements nest.
    static func depth(_ html: [UInt8]) -> Int {
        var depth = 0
        var most = 0
        for (i, byte) in html.enumerated() where byte == UInt8(ascii: "<") {
            if html[i + 1] == UInt8(ascii: "/") {
                depth -= 1
            } else if !html[i...].starts(with: "<br>".utf8), !html[i...].starts(with: "<hr>".utf8) {
                depth += 1
            }
            most = max(most, depth)
        }
        return most
    }

    @Test(arguments: [
        "> ", "- ", "1. ", "[", "]", "![", "[a](", "[a](b", "[](", "*", "**a", "*a _b ", "_", "`", "`a``b", "~~a", "<", "<!--",
        "<a@", "&", "&#",
        "\\", "|", "|a", "a|b\n-|-\n", "- a\n", "  - a\n", "> a\n\n", "#", "# a\n", "```\n", "~~~~", "\t", " ", "\n", "\r",
        "a\n===\n", "[a]: b\n",
        "[a][", "![a](b)[c](d)", "https://", "www.a", "(https://a.example(", "<br", "a_", "``a", ":a:`", "|a|", ".. a::\n   ",
        ".. note::\n ",
        "a::\n\n ", "a\n b\n  c\n", ":a:\n", "== ==\na\n\n", "+-+\n", "`a <", "`a`_", "__ a\n", ".. _a: b_\n", ">>> ", "1) ",
        "(a) ", "\u{202E}",
        "\u{301}", "*a*", "**", "a*b**c***", "[a]\n", "'", "\"", "\0",
    ])
    func `Much of anything is well-formed and bounded`(unit: String) {
        let unit = [UInt8](unit)
        let text = Array(repeatElement(unit, count: 8_000 / unit.count).joined())
        check(text + [UInt8]("a](b)*_`>") + text, "runs around text")
        // The same in steps to the right.
        var steps: [UInt8] = []
        for i in 0..<60 { steps += [UInt8](repeating: 32, count: i * 2) + unit + [UInt8]("x\n") }
        check(steps, "steps")
    }

    /// What took squares of time or calls into the depth would not end well.
    @Test(arguments: ["> ", "- ", "[", "*a _b ", "`a``b", "![a](", "<!--", "|a"])
    func `A hundred thousand of anything end`(unit: String) {
        let html = Readme.html(of: [UInt8](String(repeating: unit, count: 100_000)), as: .markdown)
        #expect(html.count <= 200_200)
    }

    @Test
    func `Nesting that closes again stays bounded`() {
        for (open, close) in [
            ("*a _b ", " b_ a*"), ("[", "](https://a.example)"), ("**a *b ", "*b a**"), ("![", "](x)"), ("~a ~~b ", "~~ a~"),
        ] {
            check([UInt8](String(repeating: open, count: 2_000) + "x" + String(repeating: close, count: 2_000)), open)
        }
    }

    @Test
    func `Random markup is well-formed`() {
        let parts: [String] = [
            "*", "**", "_", "`", "``", "```", "\n", "\n\n", "    ", "  ", " ", "- ", "1. ", "> ", "# ", "===\n", "---\n", "[",
            "]", "(", ")", "![",
            "](https://a.example)", "[a]: https://b.example\n", "<", ">", "<b>", "<!--", "-->", "&amp;", "&#0;", "&#x202E;", "|",
            "|-|-|\n", "\\", "~~",
            "a", "b c", "https://c.example/", "::", ".. note:: ", ".. code::\n\n", ".. |a| image:: x\n", "|a|", "a_", "`a <b>`_",
            ":a: ", "\t", "\r\n",
            "\u{202E}", "\u{301}", "\u{0}", "\"", "'", "javascript:", "== ==\n", "+--+\n", ">>> ", "www.",
        ]
        var dice = Dice(7)
        for round in 0..<1_500 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 1...60, using: &dice) {
                text += [UInt8](parts[Int.random(in: 0..<parts.count, using: &dice)])
                if Int.random(in: 0..<40, using: &dice) == 0 { text.append(UInt8.random(in: 0...255, using: &dice)) }
            }
            check(text, "round \(round): \(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test
    func `What is too long says so once`() {
        let text = [UInt8](String(repeating: "a *b* `c`\n\n", count: 45_000))
        for form in Self.forms {
            let html = String(decoding: Readme.html(of: text, as: form), as: UTF8.self)
            #expect(html.hasSuffix("<p class=\"note\">The rest is in the file.</p>\n"))
            #expect(html.split(separator: "The rest").count == 2)
            #expect(html.utf8.count > 190_000)
        }
    }
}
