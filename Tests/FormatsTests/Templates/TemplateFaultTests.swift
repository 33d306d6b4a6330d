import Formats
import Testing

/// Templates that cannot be used say where and why.
@Suite struct TemplateFaultTests {
    private func fault(_ template: String) -> String? {
        do throws(TemplateFault) {
            _ = try Template(Array(template.utf8))
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        arguments: [
            ("a\n {{#owners}}", "line 2, column 2: {{#owners}} has no end; write {{/owners}} where it ends"),
            ("{{#a}}{{#b}}{{/b}}", "line 1, column 1: {{#a}} has no end; write {{/a}} where it ends"),
            ("{{/a}}", "line 1, column 1: {{/a}} ends nothing; remove it, or begin what it ends"),
            ("{{#a}}\n{{^b}}\n{{/a}}", "line 3, column 1: {{/a}} stands where {{^b}} must end first; write {{/b}} before it"),
            ("{{$a}}{{/b}}", "line 1, column 7: {{/b}} stands where {{$a}} must end first; write {{/a}} before it"),
            ("{{<p}}", "line 1, column 1: {{<p}} has no end; write {{/p}} where it ends"),
            ("x {{name", "line 1, column 3: a tag begins that does not end; write }} behind its name"),
            ("{{{name}}", "line 1, column 1: a tag begins that does not end; write }}} behind its name"),
            ("{{! remark", "line 1, column 1: a tag begins that does not end; write }} behind its name"),
            ("{{=<% %>}}", "line 1, column 1: a tag begins that does not end; write =}} behind its name"),
            ("{{", "line 1, column 1: a tag begins that does not end; write }} behind its name"),
            ("{{ }}", "line 1, column 1: a tag has no name; write one into it, or remove it"),
            ("{{#}}", "line 1, column 1: a tag has no name; write one into it, or remove it"),
            (
                "{{a..b}}",
                "line 1, column 1: {{a..b}} has a dot with nothing before or behind it; write names with one dot between them"
            ),
            (
                "{{#.a}}",
                "line 1, column 1: {{#.a}} has a dot with nothing before or behind it; write names with one dot between them"
            ),
            (
                "{{a.}}",
                "line 1, column 1: {{a.}} has a dot with nothing before or behind it; write names with one dot between them"
            ),
            (
                "{{upper(name)}}",
                "line 1, column 1: 'upper(name)' is not a name; make it of letters, digits and - _ . ? (calls, lambdas and names that are values do not exist here)"
            ),
            (
                "{{> *name}}",
                "line 1, column 1: '*name' is not a name; make it of letters, digits and - _ . ? (calls, lambdas and names that are values do not exist here)"
            ),
            (
                "{{a\u{1B}[31m}}",
                "line 1, column 1: 'a [31m' is not a name; make it of letters, digits and - _ . ? (calls, lambdas and names that are values do not exist here)"
            ),
            (
                "{{=<%=}}",
                "line 1, column 1: delimiters are set wrongly; write two with a blank between them, and no '=' in either: {{=<% %>=}}"
            ),
            (
                "{{= = = =}}",
                "line 1, column 1: delimiters are set wrongly; write two with a blank between them, and no '=' in either: {{=<% %>=}}"
            ),
            (
                "{{<p}}{{x}}{{/p}}",
                "line 1, column 7: {{x}} stands in {{<p}} outside of any block; put it into a block: {{$name}}…{{/name}}"
            ),
        ] as [(String, String)])
    func `a template that does not parse is refused with its place and a remedy`(template: String, expected: String) {
        #expect(fault(template) == expected)
    }

    @Test func `a template is UTF-8`() {
        #expect(throws: TemplateFault.self) { try Template([0x61, 0x0A, 0xFF]) }
        #expect(fault("\u{FEFF}{{/a}}") == "line 1, column 4: {{/a}} ends nothing; remove it, or begin what it ends")
    }

    @Test func `a byte order mark is passed over`() throws {
        #expect(try rendered("\u{FEFF}{{#a}}\n{{/a}}\nx") == "x")
    }

    @Test func `sections are nested 64 deep, and no deeper`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "{{#a}}", count: depth) + "x" + String(repeating: "{{/a}}", count: depth)
        }
        #expect(try rendered(nested(64), ["a": true]) == "x")
        #expect(fault(nested(65)) == "line 1, column 385: {{#a}} is nested more than 64 deep; move a part of it into a partial")
    }

    @Test(arguments: ["{{>a}}", "{{<a}}{{/a}}", "{{#x}}{{>a}}{{/x}}", "{{<b}}{{$c}}{{>a}}{{/c}}{{/b}}", "{{>b}}"])
    func `a template that stands in itself without end is a fault`(template: String) {
        #expect(throws: TemplateFault.self) {
            try rendered("{{>a}}", ["x": true], with: ["a": template, "b": "{{$c}}{{>a}}{{/c}}"])
        }
    }

    @Test func `a template that stands in itself twice is a fault long before it is rendered as often as that makes`() {
        let names = (0..<200).map { "t\($0)" }
        let partials = Dictionary(uniqueKeysWithValues: zip(names, names.dropFirst()).map { ($0, "{{>\($1)}}{{>\($1)}}") })
        #expect(throws: TemplateFault.self) { try rendered("{{>t0}}", with: partials) }
    }

    /// Beginnings of tags, in every order of up to five.
    @Test func `whatever tags come in whatever order, a template renders or is a fault`() throws {
        let parts = ["{{#a}}", "{{/a}}", "{{<a}}", "{{$a}}", "{{>a}}", " \n", "x", "{{a}}", "{{=| |=}}"]
        var rendered = 0
        var refused = 0
        func tried(_ text: String, _ left: Int) {
            do {
                let template = try Template(Array(text.utf8))
                _ = try TemplateLibrary(["": template, "a": Template(Array("({{$a}}\n d{{/a}})".utf8))]).render(
                    "", ["a": ["a": "v"]])
                rendered += 1
            } catch {
                refused += 1
            }
            if left > 0 { for part in parts { tried(text + part, left - 1) } }
        }
        tried("", 4)
        #expect(rendered > 500 && refused > 500 && rendered + refused == 7381, "\(rendered) \(refused)")
    }
}
