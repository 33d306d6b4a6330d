import Testing

@testable import Formats

@Suite struct PathPatternTests {
    @Test func `places take one component, one or more, or any number`() {
        let one: PathPattern = "a/{x}/b", some: PathPattern = "a/{x+}/{y}", any: PathPattern = "{x*}/b"
        #expect(one.match(["a", "1", "b"]) == ["x": "1"])
        #expect(one.match(["a", "1", "2", "b"]) == nil && one.match(["a", "b"]) == nil && one.match([]) == nil)
        #expect(some.match(["a", "1", "2", "3"]) == ["x": "1/2", "y": "3"])
        #expect(some.match(["a", "1"]) == nil)
        #expect(any.match(["b"]) == ["x": ""] && any.match(["b", "b"]) == ["x": "b"] && any.match(["c"]) == nil)
    }

    @Test func `a pattern's regular expression matches what the pattern matches`() throws {
        let patterns: [PathPattern] = [
            "", "a", "a.b/{x}", "{x}/b", "a/{x+}/{y}", "{x*}/b", "a/{x*}", "a/{x*}/b", "{x*}", "{x+}",
            "api/v1/crates/{name}/owners",
        ]
        let parts = ["a", "b", "a.b", "axb", "api", "v1", "crates", "owners"]
        var paths: [[String]] = [[], ["api", "v1", "crates", "x", "owners"]]
        for first in parts {
            paths.append([first])
            for second in parts {
                paths.append([first, second])
                for third in parts { paths.append([first, second, third]) }
            }
        }
        for pattern in patterns {
            let expression = try Regex(pattern.regularExpression)
            for path in paths {
                let isMatch = try expression.wholeMatch(in: path.joined(separator: "/")) != nil
                #expect(isMatch == (pattern.match(path) != nil), "\(pattern.text) \(path)")
            }
        }
    }

    @Test func `the empty pattern is the repository itself`() {
        let none: PathPattern = ""
        #expect(none.match([]) == [:] && none.match(["a"]) == nil)
    }

    @Test func `paths in URLs are escaped, and slashes stay`() {
        #expect(PercentEncoding.path("/a b/ü+1~2/x") == "/a%20b/%C3%BC%2B1~2/x")
        #expect(PercentEncoding.component("a/b") == "a%2Fb")
    }
}
