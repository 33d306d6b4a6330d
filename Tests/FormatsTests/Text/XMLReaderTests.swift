import Testing

@testable import Formats

/// XML as strangers send it: what is read, and all that is not.
@Suite struct XMLReaderTests {
    static func events(_ bytes: [UInt8], _ budget: Budget = Budget()) throws(Refusal) -> [XMLEvent] {
        var events: [XMLEvent] = []
        try XMLReader.read(bytes.span, of: "it", within: budget) { (event) throws(Refusal) in events.append(event) }
        return events
    }

    /// `<a b="1">x<c/></a>` as `a b=1 {x c {} }`; namespaces in braces before names.
    static func shown(_ events: [XMLEvent]) -> String {
        func shown(_ name: XMLName) -> String { name.namespace.isEmpty ? name.local : "(\(name.namespace))\(name.local)" }
        return events.map { event in
            switch event {
            case .start(let name, let attributes):
                shown(name) + attributes.map { " \(shown($0.name))=\($0.value)" }.joined() + "{"
            case .text(let text): String(decoding: text, as: UTF8.self)
            case .end: "}"
            }
        }.joined()
    }

    static func refusal(_ bytes: [UInt8], _ budget: Budget = Budget()) -> Refusal? {
        do throws(Refusal) {
            _ = try events(bytes, budget)
            return nil
        } catch { return error }
    }

    // MARK: What is read

    @Test(arguments: [
        ("<a/>", "a{}"), ("<a></a>", "a{}"), ("<?xml version=\"1.0\"?><a/>", "a{}"), ("\n <a/> \n", ""),
        ("<a>x</a>", "a{x}"), ("<a> x\n y </a>", "a{ x\n y }"), ("<a b='1' c=\"2\"/>", "a b=1 c=2{}"),
        ("<a b='\"'/>", "a b=\"{}"),
        ("<a b='>'/>", "a b=>{}"), ("<a>1<b>2</b>3</a>", "a{1b{2}3}"), ("<a>&lt;&gt;&amp;&apos;&quot;</a>", "a{<>&'\"}"),
        ("<a b='&lt;&#65;&#x42;'/>", "a b=<AB{}"), ("<a>&#228;&#x1F600;</a>", "a{ä😀}"),
        ("<a><![CDATA[<b>&x;]]></a>", "a{<b>&x;}"),
        ("<a>1<![CDATA[2]]>3</a>", "a{123}"), ("<a>1<!-- <b> &x; -->2</a>", "a{12}"), ("<a>1<?php <b> &x; ?>2</a>", "a{12}"),
        ("<!-- c --><a/><!-- d -->", "a{}"), ("<?p x?><a/><?q?>", "a{}"), ("<a><![CDATA[]]></a>", "a{}"), ("<a b=''/>", "a b={}"),
        ("<a b='x\ny\tz'/>", "a b=x y z{}"), ("<a>\r\n</a>", "a{\n}"), ("<ä ö='ü'>ß</ä>", "ä ö=ü{ß}"),
        ("<a xmlns='urn:x'/>", "(urn:x)a{}"), ("<p:a xmlns:p='urn:x' p:b='1' c='2'/>", "(urn:x)a (urn:x)b=1 c=2{}"),
        ("<a xmlns='urn:x'><b xmlns='urn:y'/><c xmlns=''/></a>", "(urn:x)a{(urn:y)b{}c{}}"),
        ("<a xml:lang='de'/>", "a (http://www.w3.org/XML/1998/namespace)lang=de{}"), ("<a-b.c_d/>", "a-b.c_d{}"),
        ("<a b = '1' />", "a b=1{}"), ("<a\nb='1'\n/>", "a b=1{}"), ("<a>]]&gt;</a>", "a{]]>}"),
        ("<a>-- ? > ' \"</a>", "a{-- ? > ' \"}"),
        ("<?xml version='1.0' encoding='utf-8' standalone='yes'?><a/>", "a{}"), ("\u{FEFF}<a/>", "a{}"),
    ]) func `a document is read as its author means it`(document: String, events: String) throws {
        let expected = events.isEmpty ? "a{}" : events
        #expect(Self.shown(try Self.events(Array(document.utf8))) == expected)
    }

    // MARK: What is refused

    @Test(arguments: [
        ("<!DOCTYPE a><a/>", "DOCTYPE", "line 1, column 1"),
        ("<!DOCTYPE a SYSTEM \"http://192.0.2.1/x.dtd\"><a/>", "DOCTYPE", "line 1"),
        ("<!DOCTYPE a PUBLIC \"-//X//Y\" \"file:///etc/passwd\"><a/>", "DOCTYPE", "line 1"),
        (
            "<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n<a>&x;</a>", "DOCTYPE",
            "line 2, column 1"
        ),
        ("<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY c '&b;&b;'>]><a>&c;</a>", "DOCTYPE", "line 1"),
        ("<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://192.0.2.1/p'> %p;]><a/>", "DOCTYPE", "line 1"),
        ("<!DOCTYPE a [<!ATTLIST a b CDATA 'x'>]><a/>", "DOCTYPE", "line 1"), ("<!DOCTYPE a []><a/>", "DOCTYPE", "line 1"),
        ("<!-- x -->\n\n  <!DOCTYPE a><a/>", "DOCTYPE", "line 3, column 3"), ("<!doctype a><a/>", "DOCTYPE", "line 1"),
        ("<a><!DOCTYPE b></a>", "DOCTYPE", "column 4"), ("<a/><!ENTITY x 'y'>", "DOCTYPE", "column 5"),
        ("<!", "DOCTYPE", "line 1"),
        ("<a>&x;</a>", "the entity 'x'", "column 4"), ("<a>\n &nbsp;</a>", "the entity 'nbsp'", "line 2, column 2"),
        ("<a b='&eacute;'/>", "the entity 'eacute'", "column 7"), ("<a>&AMP;</a>", "the entity 'AMP'", "column 4"),
        ("<a>&ä;</a>", "the entity 'ä'", "column 4"),
    ]) func `what reaches out of the document is refused by name`(document: String, words: String, place: String) throws {
        let refusal = try #require(Self.refusal(Array(document.utf8)))
        #expect(refusal.cause == .unsupported)
        #expect(refusal.what.contains(words) && refusal.place.contains(place) && !refusal.remedy.isEmpty, "\(refusal)")
    }

    @Test(arguments: [
        "", " ", "x", "<", "<a", "<a>", "<a></b>", "<a><b></a></b>", "</a>", "<a/><b/>", "<a/>x", "x<a/>", "<a b/>", "<a b=1/>",
        "<a b='1/>",
        "<a b='1' b='2'/>", "<a b='<'/>", "<a>&</a>", "<a>& b</a>", "<a>&lt</a>", "<a>&#;</a>", "<a>&#0;</a>", "<a>&#x1;</a>",
        "<a>&#xD800;</a>", "<a>&#xFFFE;</a>", "<a>&#x110000;</a>", "<a>\u{1}</a>", "<a>\u{FFFE}</a>", "<a b='\u{8}'/>",
        "<a>]]></a>",
        "<a><![CDATA[x</a>", "<a><!-- x</a>", "<a><!-- x -- y --></a>", "<a><?p x</a>", "<a><?xml version='1.0'?></a>",
        " <?xml version='1.0'?><a/>",
        "<?xml version='1.0'><a/>", "<?xml?><a/>", "<1a/>", "<a:/>", "<p:a/>", "<a p:b='1'/>", "<a xmlns:p=''/>",
        "<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='1' q:b='2'/>", "<a xmlns:xml='urn:x'/>", "<a b='1'c='2'/>", "< a/>", "<a / >",
        "<a><b</a>",
        "<a b='1' b=\"1\"/>", "<?xml version='1.0' encoding=''?><a/>",
    ]) func `what is not well-formed is refused`(document: String) throws {
        let refusal = try #require(Self.refusal(Array(document.utf8)), "\(document)")
        #expect([.malformed, .truncated].contains(refusal.cause), "\(document): \(refusal)")
        #expect(refusal.place.hasPrefix("line ") && refusal.place.contains(", column "), "\(refusal)")
        #expect(refusal.description.utf8.allSatisfy { $0 >= 32 })
    }

    @Test func `a fault is found in its line and column`() throws {
        let refusal = try #require(Self.refusal(Array("<a>\n  <b>\n  </c>\n</a>".utf8)))
        #expect(refusal.place.hasPrefix("line 3, column "), "\(refusal)")
        #expect(refusal.what.hasPrefix("it cannot be read as XML: "), "\(refusal)")
    }

    @Test func `every truncation is refused, and says so mostly`() throws {
        let whole = Array("<?xml version=\"1.0\"?>\n<a b=\"1\"><!-- x --><![CDATA[y]]><?p z?>ä<c/>&amp;</a>".utf8)
        #expect(Self.refusal(whole) == nil)
        var cut = 0
        for length in 0..<whole.count {
            let refusal = try #require(Self.refusal(Array(whole[..<length])), "after \(length) bytes")
            cut += refusal.cause == .truncated ? 1 : 0
        }
        #expect(cut > whole.count / 2, "\(cut) of \(whole.count)")
    }

    @Test func `no flipped bit traps`() {
        let whole = Array(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><p:a xmlns:p='u' b=\"1\">x<![CDATA[y]]>&#65;ä<c/></p:a>".utf8)
        for index in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[index] ^= 1 << bit
                _ = Self.refusal(bytes)
            }
        }
    }

    // MARK: Encodings

    private static func utf16(_ text: String, isBig: Bool, mark: Bool = true) -> [UInt8] {
        (Array((mark ? "\u{FEFF}" : "").utf16) + Array(text.utf16)).flatMap { unit in
            isBig ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        }
    }

    @Test func `the four encodings are read`() throws {
        let latin = Array("<?xml version='1.0' encoding='ISO-8859-1'?><a>".utf8) + [0xE4, 0xDF] + Array("</a>".utf8)
        let documents = [
            latin, Self.utf16("<a>äß</a>", isBig: true), Self.utf16("<a>äß</a>", isBig: false),
            Self.utf16("<?xml version='1.0' encoding=\"UTF-16\"?><a>äß</a>", isBig: false),
            [0xEF, 0xBB, 0xBF] + Array("<?xml version='1.0' encoding='UTF-8'?><a>äß</a>".utf8), Array("<a>äß</a>".utf8),
            Array("<?xml version='1.0' encoding=\"us-ascii\"?><a>&#228;&#xDF;</a>".utf8),
        ]
        for document in documents { #expect(Self.shown(try Self.events(document)) == "a{äß}") }
        #expect(Self.shown(try Self.events(Self.utf16("<a>😀</a>", isBig: true))) == "a{😀}")
    }

    @Test(
        arguments: [
            (Array("<a>".utf8) + [0xFF] + Array("</a>".utf8), "not UTF-8", "column 4"),
            (Array("<a>\n".utf8) + [0xC3] + Array("</a>".utf8), "not UTF-8", "line 2, column 1"),
            (Array("<a>".utf8) + [0xC0, 0x80] + Array("</a>".utf8), "not UTF-8", "column 4"),
            (Array("<a>".utf8) + [0xED, 0xA0, 0x80] + Array("</a>".utf8), "not UTF-8", "column 4"),
            (Array("<a>x".utf8) + [0] + Array("</a>".utf8), "NUL", "column 5"),
            (Array("<?xml version='1.0' encoding='us-ascii'?><a>ä</a>".utf8), "US-ASCII", "line 1"),
            (Array("<?xml version='1.0' encoding='UTF-7'?><a/>".utf8), "'utf-7', which is not read", "line 1"),
            (Array("<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>".utf8), "which is not read", "line 1"),
            (Array("<?xml version='1.0' encoding='Shift_JIS'?><a/>".utf8), "which is not read", "line 1"),
            (Array("<?xml version='1.0' encoding='UTF-16'?><a/>".utf8), "which is not read", "line 1"),
            (
                [0xEF, 0xBB, 0xBF] + Array("<?xml version='1.0' encoding='ISO-8859-1'?><a/>".utf8), "begins as UTF-8 does",
                "line 1"
            ),
            (utf16("<?xml version='1.0' encoding='UTF-8'?><a/>", isBig: true), "is UTF-16 and declares", "line 1"),
            (utf16("<a/>", isBig: true).dropLast(), "not UTF-16", "line 1"),
            (utf16("<a/>", isBig: false, mark: false), "NUL", "column 2"),
            (utf16("<a>", isBig: true) + [0xD8, 0x00] + utf16("</a>", isBig: true, mark: false), "not UTF-16", "line 1"),
            (utf16("<a>\u{0}</a>", isBig: true), "NUL", "column 4"), ([0xFF, 0xFE, 0, 0, 0x3C, 0, 0, 0], "UTF-32", "line 1"),
            ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x3C], "UTF-32", "line 1"),
        ] as [([UInt8], String, String)]) func `bytes that another reader would read otherwise are refused`(
            bytes: [UInt8], words: String, place: String
        ) throws
    {
        let refusal = try #require(Self.refusal(Array(bytes)))
        #expect(refusal.what.contains(words) && refusal.place.contains(place), "\(refusal)")
    }

    // MARK: Bounds

    @Test func `depth, attributes, tags, namespaces and bytes are bounded`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
        }
        func attributes(_ count: Int, _ name: String = "a") -> [UInt8] {
            Array(("<x " + (0..<count).map { "\(name)\($0)='urn:\($0)'" }.joined(separator: " ") + "/>").utf8)
        }
        var small = Budget()
        small.memberBytes = 100
        for (taken, refused, budget, words) in [
            (nested(64), nested(65), Budget(), "limits.depth (64)"), (nested(64), nested(100_000), Budget(), "limits.depth (64)"),
            (attributes(256), attributes(257), Budget(), "more than 256 attributes"),
            (attributes(256), attributes(200_000), Budget(), "more than 256 attributes"),
            (attributes(64, "xmlns:a"), attributes(65, "xmlns:a"), Budget(), "more than 64 namespaces"),
            (
                Array("<a b='\(String(repeating: "x", count: 1_000_000))'/>".utf8),
                Array("<a b='\(String(repeating: "x", count: 1 << 20))'/>".utf8), Budget(), "a tag of more than"
            ),
            (
                Array("<a>\(String(repeating: "x", count: 93))</a>".utf8),
                Array("<a>\(String(repeating: "x", count: 94))</a>".utf8), small, "limits.member_bytes (100)"
            ),
        ] {
            #expect(Self.refusal(taken, budget) == nil)
            let refusal = try #require(Self.refusal(refused, budget))
            #expect(refusal.cause == .limit && refusal.what.contains(words), "\(refusal)")
        }
    }

    @Test func `time can be up`() throws {
        var budget = Budget()
        budget.deadline = Deadline { true }
        let document = Array(("<a>" + String(repeating: "<b/>", count: 1_000) + "</a>").utf8)
        let refusal = try #require(Self.refusal(document, budget))
        #expect(refusal.cause == .limit && refusal.what.contains("limits.seconds"), "\(refusal)")
    }

    @Test func `a reader that has seen enough ends it`() throws {
        var seen = 0
        let fault = Refusal(.malformed, "enough", remedy: "stop")
        let document = Array("<a><b/><c/><d/></a>".utf8)
        #expect(throws: fault) {
            try XMLReader.read(document.span, of: "it", within: Budget()) { (_) throws(Refusal) in
                seen += 1
                if seen == 3 { throw fault }
            }
        }
        #expect(seen == 3)
    }

    @Test func `many at once do not meet`() async throws {
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let good = Array("<a n='\(number)'>\(String(repeating: "<b>\(number)</b>", count: 200))</a>".utf8)
                    let events = (try? Self.events(good)) ?? []
                    return events.count == 602 && events.first == .start(XMLName("a"), [XMLAttribute(XMLName("n"), "\(number)")])
                        && Self.refusal(Array("<a>\(number)</b>".utf8))?.what.contains("it cannot be read") == true
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func `large text comes whole`() throws {
        let text = String(repeating: "<![CDATA[<]]>&amp;ä\n", count: 100_000)
        let events = try Self.events(Array("<a>\(text)</a>".utf8))
        #expect(events.count == 3)
        guard case .text(let bytes) = events[1] else { return #expect(Bool(false), "\(events[1])") }
        #expect(bytes.elementsEqual(String(repeating: "<&ä\n", count: 100_000).utf8))
    }

    @Test func `what we write ourselves is read as it was meant`() throws {
        var writer = XMLWriter()
        let hostile = Array("a<b>&\"']]> \t\r\n\u{85}ä\u{1F600}".utf8)
        writer.raw("<a b=\"")
        writer.proseAttribute(hostile.span)
        writer.raw("\">")
        writer.prose(hostile.span)
        writer.raw("</a>")
        let text = String(decoding: hostile, as: UTF8.self)
        #expect(
            try Self.events(writer.bytes) == [
                .start(XMLName("a"), [XMLAttribute(XMLName("b"), text)]), .text(hostile), .end(XMLName("a")),
            ])
    }
}
