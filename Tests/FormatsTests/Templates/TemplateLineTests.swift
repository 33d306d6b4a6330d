import Formats
import Testing

/// Which lines a template leaves out, and how partials are indented (comments, partials, and the standalone cases of all).
@Suite struct TemplateLineTests {
    @Test(
        arguments: [
            ("a\n{{#yes}}\nb\n{{/yes}}\nc\n", "a\nb\nc\n"), ("a\n  {{#yes}}\t\n b\n  {{/yes}}\nc", "a\n b\nc"),
            ("{{#no}}\na\n{{/no}}\n", ""),
            ("{{^no}}\na\n{{/no}}\nb", "a\nb"), ("a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\nc", "a\r\nb\r\nc"),
            ("  {{#yes}}\na{{/yes}}", "a"),
            ("{{#yes}}a\n  {{/yes}}", "a\n"), ("{{#yes}} {{/yes}}\n", " \n"), (" | {{#yes}}\t|\t{{/yes}} | ", " | \t|\t | "),
            (" {{#yes}}x{{/yes}}\n {{#no}}y{{/no}}\n", " x\n \n"), ("{{#yes}}{{#yes}}\na{{/yes}}{{/yes}}", "\na"),
            ("{{#yes}}\n{{/yes}}\n\na", "\na"),
            ("{{#list}}\n- {{.}}\n{{/list}}\n", "- 1\n- 2\n"),
            ("{{#list}}<li>{{.}}</li>\n{{/list}}</ul>", "<li>1</li>\n<li>2</li>\n</ul>"),
        ] as [(String, String)])
    func `a section's tag that stands alone takes its line with it`(template: String, expected: String) throws {
        #expect(try rendered(template, ["yes": true, "no": false, "list": ["1", "2"]]) == expected)
    }

    @Test(
        arguments: [
            ("a{{! remark }}b", "ab"), ("a {{! one\n two }} b", "a  b"), ("a\n{{! alone }}\nb", "a\nb"),
            ("  {{! alone }}  \nb", "b"),
            ("a\n  {{! at the end }}", "a\n"), ("a\n{{!\n  of\n  lines\n}}\nb", "a\nb"), ("  12 {{! 34 }}\n", "  12 \n"),
            ("{{!}}x", "x"),
            ("|\r\n{{! alone }}\r\n|", "|\r\n|"), ("{{! {{name}} }}", " }}"), ("{{=<% %>=}}\r\n|", "|"), ("  {{! }} x", "   x"),
        ] as [(String, String)])
    func `comments leave nothing`(template: String, expected: String) throws {
        #expect(try rendered(template, ["name": "Ada"]) == expected)
    }

    @Test(
        arguments: [
            ("{{>p}}", "from p"), ("[{{> p }}]", "[from p]"), ("a\n{{>p}}\nb", "a\nfrom pb"), ("{{>none}}", ""),
            ("a\n {{>none}}\nb", "a\nb"),
            ("{{#yes}}{{>shown}}{{/yes}}", "Ada"), ("{{>folder/p}}", "in a folder"), ("  {{>p}} |\n", "  from p |\n"),
            ("|\r\n{{>p}}\r\n|", "|\r\nfrom p|"),
            ("{{#list}}{{>shown}}{{.}};{{/list}}", "Ada1;Ada2;"),
        ] as [(String, String)])
    func `a partial stands where its tag does, and sees the same values`(template: String, expected: String) throws {
        let partials = ["p": "from p", "shown": "{{name}}", "folder/p": "in a folder"]
        #expect(try rendered(template, ["yes": true, "name": "Ada", "list": ["1", "2"]], with: partials) == expected)
    }

    @Test func `the lines of a partial are indented as its tag is, those of a value are not`() throws {
        #expect(try rendered("a\n  {{>p}}\nb", with: ["p": "1\n2\n"]) == "a\n  1\n  2\nb")
        #expect(try rendered(" {{>p}}\n", ["x": "<\n>"], with: ["p": "|\n{{{x}}}\n|\n"]) == " |\n <\n>\n |\n")
        #expect(try rendered("  {{>p}}", with: ["p": ">\n>"]) == "  >\n  >")
        #expect(try rendered(" {{x}}  {{>p}}\n", ["x": "|"], with: ["p": ">\n>"]) == " |  >\n>\n")
    }

    @Test func `indentation adds up, and lines that are left out stay so`() throws {
        let partials = ["a": "a\n  {{>b}}\n", "b": "{{#yes}}\nb\n\n{{/yes}}\n{{#no}}x{{/no}}\n"]
        #expect(try rendered("  {{>a}}\n!", ["yes": true], with: partials) == "  a\n    b\n    \n    \n!")
        // What stands within a line is not a line of its own.
        #expect(try rendered("  {{>a}}", with: ["a": "- {{>b}}\n+", "b": "1\n2"]) == "  - 1\n2\n  +")
    }

    @Test func `a partial may stand in itself as deep as the values are`() throws {
        let tree: TemplateValue = [
            "name": "a", "below": [["name": "b", "below": [["name": "c", "below": []]]], ["name": "d", "below": []]],
        ]
        let partials = ["node": "{{name}}\n{{#below}}\n  {{>node}}\n{{/below}}\n"]
        #expect(try rendered("{{>node}}", tree, with: partials) == "a\n  b\n    c\n  d\n")
    }
}
