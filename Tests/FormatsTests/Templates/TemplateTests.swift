import Formats
import Testing

/// Values, sections and names, as the Mustache specification has them (interpolation, sections, inverted).
@Suite struct TemplateTests {
    @Test(
        arguments: [
            ("plain", "plain"), ("", ""), ("{ {name} } }}", "{ {name} } }}"), ("{{name}}", "Ada"), ("{{ name\t}}", "Ada"),
            ("<{{name}}>", "<Ada>"), ("{{name}}{{name}}", "AdaAda"), ("{{\nname\n}}", "Ada"), ("{{missing}}!", "!"),
            ("{{{missing}}}!", "!"),
            ("  {{name}}\n", "  Ada\n"), ("{{yes}} {{no}}", "true false"), ("{{list}}{{person}}", ""),
            ("Grüße, {{name}}…", "Grüße, Ada…"),
        ] as [(String, String)])
    func `a tag shows the text of its value`(template: String, expected: String) throws {
        let value: TemplateValue = ["name": "Ada", "yes": true, "no": false, "list": ["a"], "person": ["name": "Eve"]]
        #expect(try rendered(template, value) == expected)
    }

    @Test func `all five characters of HTML are escaped, unless the tag says not to`() throws {
        let value: TemplateValue = ["x": #"<a href='b' title="c">&amp;</a>"#]
        #expect(try rendered("{{x}}", value) == "&lt;a href=&#39;b&#39; title=&quot;c&quot;&gt;&amp;amp;&lt;/a&gt;")
        #expect(
            try rendered("{{{x}}}|{{&x}}|{{{ x }}}|{{& x }}", value)
                == Array(repeating: #"<a href='b' title="c">&amp;</a>"#, count: 4).joined(separator: "|"))
    }

    @Test func `what a value holds is never read as a template`() throws {
        let hostile = "{{secret}}{{#list}}x{{/list}}{{>p}}{{=<% %>=}}"
        let value: TemplateValue = ["x": .text(hostile), "secret": "no", "list": [true, true]]
        #expect(
            try rendered("{{x}} {{{x}}} {{secret}}", value, with: ["p": "partial"])
                == "\(hostile.replacing("<", with: "&lt;").replacing(">", with: "&gt;")) \(hostile) no")
    }

    @Test func `control characters of a value become blanks, and bytes beyond ASCII stay`() throws {
        #expect(try rendered("[{{x}}]", ["x": "a\0b\u{1B}[31m\u{7F}é\u{2028}"]) == "[a b [31m é\u{2028}]")
    }

    @Test(
        arguments: [
            ("{{#yes}}a{{/yes}}{{#no}}b{{/no}}", "a"), ("{{^yes}}a{{/yes}}{{^no}}b{{/no}}", "b"),
            ("{{#missing}}a{{/missing}}", ""),
            ("{{^missing}}a{{/missing}}", "a"), ("{{#empty}}a{{/empty}}{{^empty}}b{{/empty}}", "b"),
            ("{{#list}}{{.}},{{/list}}", "1,&lt;,"),
            ("{{#list}}{{{.}}}{{/list}}", "1<"), ("{{^list}}a{{/list}}", ""),
            ("{{#person}}{{name}} {{top}}{{/person}}", "Eve up"),
            ("{{^person}}a{{/person}}", ""), ("{{#top}}{{.}}{{/top}}", "up"), ("{{^top}}a{{/top}}", ""),
            ("{{#nothing}}a{{/nothing}}", "a"),
            ("{{#people}}{{name}}:{{#tags}}{{.}}{{/tags}};{{/people}}", "Bo:xy;Cy:;"), ("{{# yes }}a{{/ yes }}", "a"),
            ("{{#lists}}({{#.}}{{.}}{{/.}}){{/lists}}", "(ab)()(c)"), ("{{#yes}}1{{#yes}}2{{/yes}}3{{/yes}}", "123"),
            ("{{#yes}}1{{#no}}2{{/no}}3{{/yes}}", "13"), ("{{#people}}{{#yes}}{{name}}{{/yes}}{{/people}}", "BoCy"),
            ("{{^no}}{{^missing}}a{{/missing}}{{/no}}", "a"), ("{{#.}}{{top}}{{/.}}", "up"),
        ] as [(String, String)])
    func `sections follow their value`(template: String, expected: String) throws {
        let value: TemplateValue = [
            "yes": true, "no": false, "empty": [], "list": ["1", "<"], "person": ["name": "Eve"], "top": "up", "nothing": "",
            "people": [["name": "Bo", "tags": ["x", "y"]], ["name": "Cy"]], "lists": [["a", "b"], [], ["c"]],
        ]
        #expect(try rendered(template, value) == expected)
    }

    @Test(
        arguments: [
            ("{{a.b.c}}", "deep"), ("{{a.x}}", ""), ("{{a.b.x.y}}", ""), ("{{x.b}}", ""), ("{{#a.b}}{{c}}{{/a.b}}", "deep"),
            ("{{^a.x}}none{{/a.x}}", "none"), ("{{#a}}{{b.c}}{{/a}}", "deep"), ("{{#other}}{{a.b.c}}{{/other}}", "deep"),
            // The first name decides where to look: what it names has no `c`, and farther out is not looked for one.
            ("{{#shadow}}{{a.b.c}}{{/shadow}}", ""), ("{{name.length}}", ""),
            ("{{#a}}{{#b}}{{c}}{{name}}{{/b}}{{/a}}", "deepAda"),
        ] as [(String, String)])
    func `names with dots go from one value into the next`(template: String, expected: String) throws {
        let value: TemplateValue = ["a": ["b": ["c": "deep"]], "other": ["d": "e"], "shadow": ["a": ["b": [:]]], "name": "Ada"]
        #expect(try rendered(template, value) == expected)
    }

    @Test(
        arguments: [
            ("{{=<% %>=}}(<%x%>)", "(1)"), ("{{=| |=}}|#yes||x||/yes|", "1"), ("{{= @ @ =}}@x@ {{x}}", "1 {{x}}"),
            ("{{x}}{{=<< >>=}}<<x>><<={{ }}=>>{{x}}", "111"), ("{{=<% %>=}}\n<%! c %>\n<%{x}%>\n", "1\n"),
            ("a {{=<% %>=}} b", "a  b"),
            ("{{#yes}}{{=<% %>=}}<%/yes%><%x%>", "1"),
        ] as [(String, String)])
    func `delimiters may be changed`(template: String, expected: String) throws {
        #expect(try rendered(template, ["x": "1", "yes": true]) == expected)
    }

    @Test func `delimiters hold for one template, not for those in it`() throws {
        #expect(try rendered("{{=<% %>=}}<%>p%>", ["x": "1"], with: ["p": "{{x}}<%x%>"]) == "1<%x%>")
        #expect(try rendered("{{>p}}{{x}}", ["x": "1"], with: ["p": "{{=<% %>=}}<%x%>"]) == "11")
    }

    @Test func `a template that is not there is nothing`() throws {
        #expect(try TemplateLibrary(["a": Template(Array("a".utf8))]).render("b", [:]) == nil)
    }
}
