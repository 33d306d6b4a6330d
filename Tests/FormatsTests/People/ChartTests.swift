import Testing

@testable import Formats

struct ChartTests {
    private func chart(_ kind: Chart.Kind, _ values: [Int64], unit: Chart.Unit = .count) -> Chart {
        let points = values.enumerated().map { Chart.Point(label: "week \($0.offset)", value: $0.element) }
        return Chart(
            id: "c1", title: "Packages", present: "14,210 <now>", kind: kind, unit: unit, points: points, marks: ["Nov", "Dec"],
            columns: ("Week", "Packages"))
    }

    private func html(_ chart: Chart) -> String {
        var html: [UInt8] = []
        chart.append(to: &html)
        let elements: Set<String> = [
            "figure", "figcaption", "span", "div", "svg", "desc", "line", "path", "rect", "details", "summary", "table", "thead",
            "tbody", "tr",
            "th", "td",
        ]
        #expect(TagChecker.fault(in: html, elements: elements) == nil)
        return String(decoding: html, as: UTF8.self)
    }

    @Test
    func `An area is a path below a round number, with its sentence and its table`() {
        let html = html(chart(.area, [0, 50, 140]))
        #expect(html.contains("d=\"M0,100 50,75 100,30 100,100 0,100Z\""))
        #expect(html.contains("<desc id=\"c1-d\">Grows from 0 at week 0 to 140 at week 2.</desc>"))
        #expect(html.contains("<span>200</span><span>100</span><span>0</span>"))
        #expect(html.contains("<tr><th scope=\"row\">week 1</th><td class=\"num\">50</td></tr>"))
        #expect(html.contains("14,210 &lt;now&gt;"))
    }

    @Test
    func `A bar is three quarters of its step, and none is nothing`() {
        let html = html(chart(.bars, [4, 0, 8, 2]))
        #expect(html.contains("<rect class=\"fill\" x=\"3.12\" y=\"50\" width=\"18.75\" height=\"50\"/>"))
        #expect(html.split(separator: "<rect").count == 4)
        #expect(html.contains("14 from week 0 to week 3; the most is 8 at week 2."))
    }

    @Test
    func `Odd numbers have a picture as well`() {
        #expect(html(chart(.area, [])) == "")
        #expect(html(chart(.area, [7])).contains("7 at week 0."))
        #expect(html(chart(.bars, [0])).contains("0 from week 0 to week 0."))
        _ = html(chart(.bars, [.max, .max, -5]))
        _ = html(chart(.area, [.max, .min], unit: .bytes))
    }

    @Test(arguments: [
        (0, 1), (1, 1), (2, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 20), (45, 50), (14_210, 20_000),
        (412_000_000_000, 500_000_000_000),
        (Int64.max, Int64.max),
    ])
    func `The top of the axis is round`(value: Int64, top: Int64) {
        #expect(Chart.top(value) == top)
    }

    @Test
    func `Many points become fewer in equal steps`() {
        let points = (0..<400).map { Chart.Point(label: "\($0)", value: 1) }
        let flow = Chart.thinned(points, as: .bars)
        #expect(flow.count == 134)
        #expect(flow.reduce(0) { $0 + $1.value } == 400)
        #expect(Chart.thinned(points, as: .area).last == points.last)
        #expect(Chart.thinned(Array(points.prefix(156)), as: .area).count == 156)
    }
}
