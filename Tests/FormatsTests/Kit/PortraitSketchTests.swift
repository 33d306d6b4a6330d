import Testing

@testable import Formats

@Suite struct PortraitSketchTests {
    @Test func `what says nothing is left out`() {
        var sketch = PortraitSketch()
        for value in [nil, "", " \t\n"] {
            sketch.fact("Group", value)
            sketch.link("Homepage", value)
            sketch.person("Maintainer", value)
        }
        sketch.size("Installed", 0)
        sketch.time("Built", 0)
        sketch.time("Built", .max)
        sketch.about(" A tool\n", besides: "A tool")
        sketch.dependencies([("Depends", .init())])
        sketch.changelog([])
        sketch.contents(.init())
        sketch.table("labels", "Labels", [.init("Label")], [])
        #expect(sketch.portrait == Portrait())
    }

    @Test func `long values are cut behind a whole character, and say so`() {
        var sketch = PortraitSketch()
        sketch.fact("Licence", "x" + String(repeating: "é", count: 300))
        #expect(sketch.portrait.facts.map(\.value) == ["x" + String(repeating: "é", count: 249) + "…"])
        let bytes = [UInt8](("x" + String(repeating: "é", count: 300)).utf8)
        #expect(PortraitSketch.text(bytes.span) == "x" + String(repeating: "é", count: 249) + "…")
        #expect(PortraitSketch.text([UInt8](repeating: 0xA9, count: 600).span).hasSuffix("…"))
        #expect(PortraitSketch.text([0x43, 0xE9].span) == "Cé")
    }

    @Test func `an address is a link unless no page would follow it`() {
        var sketch = PortraitSketch()
        sketch.link("Homepage", " https://tool.example.org/ ")
        sketch.link("Homepage", "https://tool.example.org/" + String(repeating: "a", count: 2_000))
        #expect(sketch.portrait.facts.map(\.link) == ["https://tool.example.org/", nil])
        #expect(sketch.portrait.facts[1].value.utf8.count == 500 + "…".utf8.count)
    }

    @Test(arguments: [
        ("A. Person <person@example.org>", "A. Person"), ("<person@example.org>", "person@example.org"),
        ("A. Person", "A. Person"),
        (" A. Person  <a@b> (team)", "A. Person"), ("<", ""), ("", ""),
    ])
    func `people are named without their addresses`(text: String, name: String) {
        #expect(PortraitSketch.name(text) == name)
    }

    @Test func `a list shows its beginning, and how much more there is`() {
        #expect(PortraitSketch.List((1...3).map(String.init)).texts == ["1", "2", "3"])
        let many = PortraitSketch.List((1...2_500).map(String.init)).texts
        #expect(many.count == 500)
        #expect(many.suffix(2) == ["499", "… and 2,001 more"])
        // From the first one that does not fit.
        let long = PortraitSketch.List(["a", String(repeating: "b", count: 64 << 10), "c"]).texts
        #expect(long == ["a", "… and 2 more"])
        var asked = 0
        var list = PortraitSketch.List()
        for number in 0..<1_000 {
            list.append(bytes: 1) {
                asked += 1
                return String(number)
            }
        }
        #expect(asked == 499)
    }
}
