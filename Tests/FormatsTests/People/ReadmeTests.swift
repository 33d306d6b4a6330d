import Testing

@testable import Formats

struct ReadmeTests {
    private func html(_ text: String, _ form: Readme.Form = .markdown) -> String {
        let html = Readme.html(of: [UInt8](text), as: form)
        #expect(TagChecker.fault(in: html) == nil, "\(text)")
        return String(decoding: html, as: UTF8.self)
    }

    static let rel = "rel=\"nofollow noopener ugc\""

    @Test(arguments: [
        ("# A\n## B\n#### C\n# D ##\n", "<h3>A</h3>\n<h4>B</h4>\n<h5>C</h5>\n<h3>D</h3>\n"),
        ("## A\n# B", "<h3>A</h3>\n<h3>B</h3>\n"),
        ("A\n===\nB\n---", "<h3>A</h3>\n<h4>B</h4>\n"),
        (
            "a *b* **c** ***d*** `e` ~~f~~",
            "<p>a <em>b</em> <strong>c</strong> <em><strong>d</strong></em> <code>e</code> <del>f</del></p>\n"
        ),
        ("snake_case_word 2 * 3 * 4 *a", "<p>snake_case_word 2 * 3 * 4 *a</p>\n"),
        ("a  \nb\\\nc<br>d", "<p>a<br>\nb<br>\nc<br>\nd</p>\n"),
        ("`` a`b `` \\*c\\* &copy;&lt;&#x41;", "<p><code>a`b</code> *c* \u{A9}&lt;A</p>\n"),
        ("```sh\n$ a <b>\n\tc\n```\nd", "<pre><code>$ a &lt;b&gt;\n\tc\n</code></pre>\n<p>d</p>\n"),
        ("a\n\n    b\n\n      c\n\nd", "<p>a</p>\n<pre><code>b\n\n  c\n</code></pre>\n<p>d</p>\n"),
        ("---\n* * *", "<hr>\n<hr>\n"),
        ("> a\nb\n>> c", "<blockquote>\n<p>a\nb</p>\n<blockquote>\n<p>c</p>\n</blockquote>\n</blockquote>\n"),
        ("- a\n- b\n  1. c\n", "<ul>\n<li>a\n</li>\n<li>b\n<ol>\n<li>c\n</li>\n</ol>\n</li>\n</ul>\n"),
        ("3. a\n\n4. b", "<ol start=\"3\">\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ol>\n"),
        ("- [x] a\n- [ ] b", "<ul>\n<li>\u{2611} a\n</li>\n<li>\u{2610} b\n</li>\n</ul>\n"),
        ("a\n<!-- b\n\nc -->\nd", "<p>a\n&lt;!-- b</p>\n<p>c --&gt;\nd</p>\n"),
        ("<!-- b\n\nc -->\nd <!-- e --> f", "<p>d  f</p>\n"),
        ("<b onclick=x>y</b>", "<p>&lt;b onclick=x&gt;y&lt;/b&gt;</p>\n"),
    ])
    func `Markdown becomes blocks and emphasis`(text: String, expected: String) {
        #expect(html(text) == expected)
    }

    @Test(arguments: [
        ("[a *b*](https://c.example \"t\")", "<a href=\"https://c.example\" \(rel)>a <em>b</em></a>"),
        (
            "[a][b] [B] [c]\n\n[b]: <https://d.example> 'x'",
            "<a href=\"https://d.example\" \(rel)>a</a> <a href=\"https://d.example\" \(rel)>B</a> [c]"
        ),
        ("![a](https://b.example/c.png)", "<a href=\"https://b.example/c.png\" \(rel)>a</a>"),
        ("[![a](https://b.example/c.svg)](https://d.example)", "<a href=\"https://d.example\" \(rel)>a</a>"),
        ("[a](javascript:alert) [b](#c) [d](docs/e.md)", "a b d"),
        (
            "<https://a.example> <b@c.example>",
            "<a href=\"https://a.example\" \(rel)>https://a.example</a> <a href=\"mailto:b@c.example\" \(rel)>b@c.example</a>"
        ),
        (
            "see https://a.example/b_(c). (www.d.example)",
            "see <a href=\"https://a.example/b_(c)\" \(rel)>https://a.example/b_(c)</a>. (<a href=\"https://www.d.example\" \(rel)>www.d.example</a>)"
        ),
    ])
    func `Links lead where the policy lets them`(text: String, expected: String) {
        #expect(html(text) == "<p>\(expected)</p>\n")
    }

    @Test
    func `Tables have headings`() {
        let expected =
            "<table><thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"num\">b</th></tr>\n</thead>\n"
            + "<tbody><tr><td>c | d</td><td class=\"num\"><code>e</code></td></tr>\n<tr><td>f</td><td class=\"num\"></td></tr>\n"
            + "</tbody></table>\n<p>g</p>\n"
        #expect(html("| a | b |\n|---|--:|\n| c \\| d | `e` | x |\n| f |\n\ng") == expected)
        #expect(html("a | b\n--|--|--\nc") == "<p>a | b\n--|--|--\nc</p>\n")
    }

    @Test(arguments: [
        ("A\n=\n\nB\n--\n\nC\n~~~\n\nD\n--\n", "<h3>A</h3>\n<h4>B</h4>\n<h5>C</h5>\n<h4>D</h4>\n"),
        ("===\nA\n===\n\nB\n===", "<h3>A</h3>\n<h4>B</h4>\n"),
        (
            "*a* **b** ``c`` `d` :func:`e` a*b*",
            "<p><em>a</em> <strong>b</strong> <code>c</code> <em>d</em> <code>e</code> a*b*</p>\n"
        ),
        (
            "`a <https://b.example>`_ c_ `d e`__\n\n.. _c: https://f.example\n__ https://g.example",
            "<p><a href=\"https://b.example\" \(rel)>a</a> <a href=\"https://f.example\" \(rel)>c</a> <a href=\"https://g.example\" \(rel)>d e</a></p>\n"
        ),
        ("Run::\n\n    a <b>\n    c\n\nd", "<p>Run:</p>\n<pre><code>a &lt;b&gt;\nc\n</code></pre>\n<p>d</p>\n"),
        (".. code-block:: py\n   :linenos:\n\n   a = 1\n", "<pre><code>a = 1\n</code></pre>\n"),
        ("- a\n  b\n- c\n\n  - d", "<ul>\n<li>a\nb</li>\n<li><p>c</p>\n<ul>\n<li>d</li>\n</ul>\n</li>\n</ul>\n"),
        ("1. a\n#. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        (".. note:: a\n   b\n\n   c", "<blockquote>\n<p><strong>Note</strong> a\nb</p>\n<p>c</p>\n</blockquote>\n"),
        (
            ".. image:: https://a.example/b.svg\n   :alt: c\n   :target: https://d.example",
            "<p><a href=\"https://d.example\" \(rel)>c</a></p>\n"
        ),
        (".. a comment\n   goes on\n\na", "<p>a</p>\n"),
        ("|x| y\n\n.. |x| replace:: z", "<p>z y</p>\n"),
        ("a\n  b", "<dl>\n<dt>a</dt><dd>b</dd>\n</dl>\n"),
        (":A: b", "<dl>\n<dt>A</dt><dd>b</dd>\n</dl>\n"),
        ("== ==\na  b\n== ==\n1  2\n== ==\n\nc", "<pre><code>== ==\na  b\n== ==\n1  2\n== ==\n</code></pre>\n<p>c</p>\n"),
        ("a\n\n----\n\n| b\n| c", "<p>a</p>\n<hr>\n<p>b<br>\nc</p>\n"),
        (".. raw:: html\n\n   <script>", "<pre><code>&lt;script&gt;\n</code></pre>\n"),
    ])
    func `reStructuredText becomes blocks and links`(text: String, expected: String) {
        #expect(html(text, .restructuredText) == expected)
    }

    @Test
    func `Plain text keeps what is laid out`() {
        let expected =
            "<p>a &lt;b&gt;\nc <a href=\"https://d.example\" \(Self.rel)>https://d.example</a></p>\n<pre>  e\n  f</pre>\n<pre>- g\n- h</pre>\n"
        #expect(html("a <b>\nc https://d.example\n\n  e\n  f\n\n\n- g\n- h\n", .plain) == expected)
    }

    @Test
    func `A file's name says what it is`() {
        #expect(Readme.form(ofName: "README.MD") == .markdown)
        #expect(Readme.form(ofName: "readme.rst") == .restructuredText)
        #expect(Readme.form(ofName: "README") == .plain)
    }
}
