import Formats
import Testing

/// Parents and blocks, as the optional inheritance of the Mustache specification has them.
@Suite struct TemplateInheritanceTests {
    @Test(
        arguments: [
            ("{{$a}}own {{x}}{{/a}}", "own 1"), ("{{$a}}{{{x}}}{{#yes}}s{{/yes}}{{^no}}i{{/no}}{{/a}}", "1si"),
            ("{{<one}}{{/one}}", "<default>"), ("{{>one}}", "<default>"), ("{{<one}}{{$a}}mine{{/a}}{{/one}}", "<mine>"),
            ("{{<one}}{{$a}}{{/a}}{{/one}}", "<>"), ("{{<one}}{{$other}}mine{{/other}}{{/one}}", "<default>"),
            // What is called like a block among the values is another thing.
            ("{{<one}}{{$a}}{{a}}{{/a}}{{/one}}", "<value>"), ("{{<none}}{{$a}}mine{{/a}}{{/none}}!", "!"),
            ("{{<two}}{{$b}}B{{/b}}{{/two}}", "a-B"), ("{{<two}}{{$a}}A{{/a}}{{/two}}{{<two}}{{$b}}B{{/b}}{{/two}}", "A-ba-B"),
            ("{{<one}} words {{$a}}mine{{/a}} and more {{! remark }}{{/one}}", "<mine>"),
            ("{{<one}} words {{/one}}", "<default>"),
            ("test {{<one}}{{$a}}mine{{/a}}{{/one}} test", "test <mine> test"),
            ("{{<one}}{{$a}}1\n\n2\n{{/a}}{{/one}}", "<1\n\n2\n>"),
            ("{{<one}}{{$a}}{{<two}}{{$b}}B{{/b}}{{/two}}{{/a}}{{/one}}", "<A-B>"),
        ] as [(String, String)])
    func `a block is filled by the parent's tag, or holds what is in it`(template: String, expected: String) throws {
        let value: TemplateValue = ["x": "1", "yes": true, "a": "value"]
        var partials = ["one": "<{{$a}}default{{/a}}>", "two": "{{$a}}a{{/a}}-{{$b}}b{{/b}}"]
        if expected == "<A-B>" { partials["two"] = "A-{{$b}}b{{/b}}" }
        #expect(try rendered(template, value, with: partials) == expected)
    }

    @Test func `of definitions on several levels the outermost one holds`() throws {
        let partials = [
            "parent": "{{<older}}{{$a}}parent{{/a}}{{/older}}",
            "older": "{{<oldest}}{{$a}}older{{/a}}{{$b}}older{{/b}}{{/oldest}}",
            "oldest": "{{$a}}oldest{{/a}} {{$b}}oldest{{/b}}",
        ]
        #expect(try rendered("{{<parent}}{{$a}}child{{/a}}{{/parent}}", with: partials) == "child older")
        #expect(try rendered("{{<parent}}{{/parent}}", with: partials) == "parent older")
        #expect(try rendered("{{<oldest}}{{/oldest}}", with: partials) == "oldest oldest")
    }

    @Test func `parents may stand in each other's blocks`() throws {
        let partials = [
            "p": "{{$a}}a{{/a}} {{$b}}{{<q}}{{/q}}{{/b}}", "q": "{{$a}}q{{/a}} {{<p}}{{$b}}enough{{/b}}{{/p}}",
        ]
        #expect(try rendered("{{<p}}{{$a}}mine{{/a}}{{/p}}", with: partials) == "mine mine mine enough")
    }

    @Test func `a definition sees the values at the place where it goes`() throws {
        let value: TemplateValue = ["fruit": "apples", "nested": ["fruit": "bananas"]]
        let partials = ["p": "{{#nested}}{{$a}}{{/a}}{{/nested}}"]
        #expect(try rendered("{{<p}}{{$a}}{{fruit}}{{/a}}{{/p}}", value, with: partials) == "bananas")
    }

    @Test func `a parent's tag that stands alone takes its line with it, and indents the parent`() throws {
        #expect(try rendered("a\n  {{<p}}{{/p}}\nb", with: ["p": "1\n2\n"]) == "a\n  1\n  2\nb")
        #expect(try rendered("{{<p}}\n{{$a}}\nx\n{{/a}}\n{{/p}}\n", with: ["p": "1\n{{$a}}{{/a}}2\n"]) == "1\nx\n2\n")
        #expect(try rendered("{{<p}}{{/p}}\n", with: ["p": "end"]) == "end")
    }

    @Test func `a definition is indented as the block is where it goes`() throws {
        #expect(
            try rendered("{{<p}}{{$a}}\n    1\n      2\n{{/a}}{{/p}}\n", with: ["p": "a\n  {{$a}}\n  {{/a}}\nb\n"])
                == "a\n  1\n    2\nb\n")
        #expect(try rendered("{{<p}}{{$a}}\n1\n2{{/a}}\n{{/p}}\n", with: ["p": "a\n  {{$a}}{{/a}}\n"]) == "a\n  1\n  2\n")
        #expect(try rendered("{{<p}}{{$a}}mine{{/a}}{{/p}}", with: ["p": "a\n  {{$a}}default{{/a}}\n"]) == "a\n  mine\n")
        // The default says how deep a block is whose tags stand alone.
        let deep = ["p": "a\n{{$a}}\n  default\n    more\n{{/a}}\nb\n"]
        #expect(try rendered("{{<p}}{{$a}}\n1\n2\n{{/a}}{{/p}}\n", with: deep) == "a\n  1\n  2\nb\n")
        #expect(try rendered("{{>p}}", with: deep) == "a\n  default\n    more\nb\n")
        let nested = ["p": "{{$a}}\n  1\n  {{$b}}\n    2\n  {{/b}}\n{{/a}}\n"]
        #expect(try rendered("{{>p}}", with: nested) == "  1\n    2\n")
        #expect(try rendered("{{<p}}{{$b}}\nx\n{{/b}}{{/p}}", with: nested) == "  1\n    x\n")
        #expect(try rendered("{{$a}}one\n  two{{/a}}\n  {{$b}}three\n  four{{/b}}\n") == "one\n  two\n  three\n  four\n")
    }

    /// As the pages of repositories are written.
    @Test func `a page that begins and ends within lines keeps the rest of them`() throws {
        let page = "{{<layout}}{{$title}}{{owner}}{{/title}}{{$body}}\n<h1>{{owner}}</h1>\n{{/body}}{{/layout}}\n"
        let layout = "<title>{{$title}}Packages{{/title}}</title>\n{{$body}}{{/body}}\n<footer>\n"
        #expect(
            try rendered(page, ["owner": "a&b"], with: ["layout": layout])
                == "<title>a&amp;b</title>\n\n<h1>a&amp;b</h1>\n\n<footer>\n\n")
    }
}
