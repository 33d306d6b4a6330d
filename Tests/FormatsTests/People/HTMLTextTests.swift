import Testing

@testable import Formats

struct HTMLTextTests {
    private func content(_ text: [UInt8]) -> String {
        var html: [UInt8] = []
        HTMLText.append(text, to: &html)
        return String(decoding: html, as: UTF8.self)
    }

    private func attribute(_ text: String) -> String {
        var html: [UInt8] = []
        HTMLText.append(attribute: text, to: &html)
        return String(decoding: html, as: UTF8.self)
    }

    @Test
    func `All five signs are references`() {
        #expect(content([UInt8]("<a b=\"c\" d='e'>&amp;")) == "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;")
        #expect(attribute("<\"'&>") == "&lt;&quot;&#39;&amp;&gt;")
    }

    @Test(arguments: [
        "\u{202E}", "\u{200B}", "\u{FEFF}", "\u{2066}", "\u{0}", "\u{1B}", "\u{7F}", "\u{85}", "\u{AD}", "\u{61C}", "\u{2028}",
        "\u{FFFE}",
        "\u{E0041}", "\u{10FFFF}", "\u{3164}", "\u{200D}", "\u{FE0F}", "\r",
    ])
    func `What cannot be seen is shown by its number`(odd: String) {
        let number = String(odd.unicodeScalars.first!.value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
        #expect(content([UInt8]("a\(odd)b")) == "a<span class=\"odd\">\(name)</span>b")
        #expect(attribute("a\(odd)b") == "a\(name)b")
    }

    @Test
    func `Lines, tabs, letters of the world and emoji stay`() {
        let text =
            "tab\tline\n\u{E9} \u{6570}\u{636E} \u{627}\u{644} \u{1F469}\u{200D}\u{1F52C} \u{2764}\u{FE0F} 1\u{FE0F}\u{20E3}"
        #expect(content([UInt8](text)) == text)
        #expect(content([UInt8]("a\r\nb")) == "a\nb")
        #expect(attribute("a\nb\tc") == "a b c")
    }

    @Test
    func `A base has three marks at most, and a mark has a base`() {
        #expect(content([UInt8]("Z\u{301}\u{302}\u{303}\u{304}\u{305}x")) == "Z\u{301}\u{302}\u{303}x")
        #expect(content([UInt8]("\u{338}>")) == "\u{25CC}\u{338}&gt;")
    }

    @Test
    func `Bytes that are not UTF-8 are replaced part by part`() {
        #expect(content([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        #expect(content([0xE2, 0x82, 0x62]) == "\u{FFFD}b")
        #expect(content([0xC0, 0x80]) == "\u{FFFD}\u{FFFD}")
        #expect(content([0xED, 0xA0, 0x80]) == "\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(content([0xF0, 0x9F, 0x98]) == "\u{FFFD}")
    }

    @Test
    func `Random bytes are text that opens nothing`() {
        var dice = Dice(1)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...60, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
            var html: [UInt8] = []
            HTMLText.append(bytes, to: &html)
            #expect(TagChecker.fault(in: html) == nil, "\(bytes)")
        }
    }

    @Test
    func `Paths are encoded by segment`() {
        var html: [UInt8] = []
        HTMLText.append(path: "@acme/a b/1.0+x\"<%", to: &html)
        HTMLText.append(segment: "/~", to: &html)
        #expect(String(decoding: html, as: UTF8.self) == "%40acme/a%20b/1.0%2Bx%22%3C%25%2F~")
    }

    @Test(arguments: [
        ("https://a.example/x?y=1&z=%20#f", "https://a.example/x?y=1&amp;z=%20#f"), (" HTTP://a.example \n", "HTTP://a.example"),
        ("mailto:a@b.example", "mailto:a@b.example"), ("https://a.example/'\"<>`{}", "https://a.example/%27%22%3C%3E%60%7B%7D"),
        ("https://\u{E9}.example", "https://%C3%A9.example"),
    ])
    func `Addresses of the web and of mail are links`(address: String, href: String) throws {
        #expect(String(decoding: try #require(WebLink.href(address)), as: UTF8.self) == href)
    }

    @Test(arguments: [
        "javascript:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//a.example", "/a", "#a", "",
        "https:",
        "https://", "https:///a", "https:\\\\a.example", "https://a.example\\b", "https://a.example/b c",
        "https://bank.example@evil.example",
        "ftp://a.example", "mailto:", "https://a.example/\u{0}", "vbscript:x", "https://:80/", "https://?a",
    ])
    func `Other addresses are none`(address: String) {
        #expect(WebLink.href(address) == nil)
    }

    @Test
    func `Addresses that are too long, or not UTF-8, are none`() {
        #expect(WebLink.href("https://a.example/" + String(repeating: "a", count: WebLink.limit)) == nil)
        #expect(WebLink.href([UInt8]("https://a.example/") + [0xFF]) == nil)
    }
}
