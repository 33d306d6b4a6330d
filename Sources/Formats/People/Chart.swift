/// Numbers over time as a picture: shapes in SVG, words in HTML around it, and the same numbers as a table.
///
/// Same numbers, same bytes. Coordinates have two decimals at most. The colours are the style sheet's (`grid`, `area`, `stroke`, `fill`).
package struct Chart: Sendable {
    package enum Kind: Sendable {
        /// A stock: what there is.
        case area
        /// A flow: what came.
        case bars
    }

    package struct Point: Equatable, Sendable {
        /// `2026-11-28`, `Week of 2026-11-23`: the row's header in the table.
        package var label: String
        package var value: Int64

        package init(label: String, value: Int64) {
            self.label = label
            self.value = value
        }
    }

    package enum Unit: Sendable {
        /// `14,210`
        case count
        /// `412 GB`
        case bytes
    }

    /// Unique on its page: letters, digits, `-`.
    package var id: String
    package var title: String
    /// What is behind the title: the present value.
    package var present: String
    package var kind: Kind
    package var unit: Unit
    /// In equal steps of time, the oldest first.
    package var points: [Point]
    /// Words below the picture, at equal distances.
    package var marks: [String]
    /// Headings of the table's two columns.
    package var columns: (time: String, value: String)
    /// Rows of the table, where they are not the points: a year of weeks is a table of months.
    package var rows: [Point]?

    /// Points in a picture at most; more of them are thinned first (`thinned`).
    package static let limit = 156

    package init(
        id: String, title: String, present: String, kind: Kind, unit: Unit, points: [Point], marks: [String],
        columns: (time: String, value: String), rows: [Point]? = nil
    ) {
        self.id = id
        self.title = title
        self.present = present
        self.kind = kind
        self.unit = unit
        self.points = points
        self.marks = marks
        self.columns = columns
        self.rows = rows
    }

    /// Appends the figure. Nothing without points.
    package func append(to html: inout [UInt8]) {
        guard !points.isEmpty else { return }
        let top = Self.top(points.map(\.value).max() ?? 0)
        html.append("<figure class=\"chart\">\n<figcaption id=\"" as StaticString)
        HTMLText.append(attribute: id, to: &html)
        html.append("\">" as StaticString)
        HTMLText.append(title, to: &html)
        if !present.isEmpty {
            html.append(" <span>" as StaticString)
            HTMLText.append(present, to: &html)
            html.append("</span>" as StaticString)
        }
        html.append("</figcaption>\n<div class=\"plot\">" as StaticString)
        svg(top, to: &html)
        html.append("<div class=\"y\" aria-hidden=\"true\">" as StaticString)
        // Half of 1 is not a number of packages.
        for value in top == 1 ? [1, 0] : [top, top / 2, 0] {
            html.append("<span>" as StaticString)
            html.append(text(value))
            html.append("</span>" as StaticString)
        }
        html.append("</div>\n<div class=\"x\" aria-hidden=\"true\">" as StaticString)
        for mark in marks {
            html.append("<span>" as StaticString)
            HTMLText.append(mark, to: &html)
            html.append("</span>" as StaticString)
        }
        html.append("</div></div>\n" as StaticString)
        table(to: &html)
        html.append("</figure>\n" as StaticString)
    }

    private func table(to html: inout [UInt8]) {
        html.append(
            "<details>\n<summary>The same as a table</summary>\n<table>\n<thead><tr><th scope=\"col\">" as StaticString)
        HTMLText.append(columns.time, to: &html)
        html.append("</th><th scope=\"col\" class=\"num\">" as StaticString)
        HTMLText.append(columns.value, to: &html)
        html.append("</th></tr></thead>\n<tbody>\n" as StaticString)
        for point in rows ?? points {
            html.append("<tr><th scope=\"row\">" as StaticString)
            HTMLText.append(point.label, to: &html)
            html.append("</th><td class=\"num\">" as StaticString)
            html.append(text(point.value))
            html.append("</td></tr>\n" as StaticString)
        }
        html.append("</tbody>\n</table>\n</details>\n" as StaticString)
    }

    private func svg(_ top: Int64, to html: inout [UInt8]) {
        html.append("<svg viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" role=\"img\" aria-labelledby=\"" as StaticString)
        HTMLText.append(attribute: "\(id) \(id)-d", to: &html)
        html.append("\"><desc id=\"" as StaticString)
        HTMLText.append(attribute: "\(id)-d", to: &html)
        html.append("\">" as StaticString)
        HTMLText.append(attribute: sentence, to: &html)
        html.append("</desc>" as StaticString)
        for y in top == 1 ? ["0", "100"] : ["0", "50", "100"] {
            html.append("<line class=\"grid\" x1=\"0\" x2=\"100\" y1=\"\(y)\" y2=\"\(y)\"/>")
        }
        switch kind {
        case .area: area(top, to: &html)
        case .bars: bars(top, to: &html)
        }
        html.append("</svg>" as StaticString)
    }

    /// One point is a level line.
    private func area(_ top: Int64, to html: inout [UInt8]) {
        let values = points.count == 1 ? [points[0].value, points[0].value] : points.map(\.value)
        var line: [UInt8] = []
        for (i, value) in values.enumerated() {
            line.append(i == 0 ? "M" : " ")
            Self.append(hundredths: Int64(i) * 10_000 / Int64(values.count - 1), to: &line)
            line.append(UInt8(ascii: ","))
            Self.append(hundredths: 10_000 - Self.height(value, top), to: &line)
        }
        html.append("<path class=\"area\" d=\"" as StaticString)
        html += line
        html.append(" 100,100 0,100Z\"/><path class=\"stroke\" d=\"" as StaticString)
        html += line
        html.append("\"/>" as StaticString)
    }

    /// Bars take three quarters of their step.
    private func bars(_ top: Int64, to html: inout [UInt8]) {
        let count = Int64(points.count)
        for (i, point) in points.enumerated() where point.value > 0 {
            let height = max(Self.height(point.value, top), 50)
            html.append("<rect class=\"fill\" x=\"" as StaticString)
            Self.append(hundredths: Int64(i) * 10_000 / count + 1_250 / count, to: &html)
            html.append("\" y=\"" as StaticString)
            Self.append(hundredths: 10_000 - height, to: &html)
            html.append("\" width=\"" as StaticString)
            Self.append(hundredths: 7_500 / count, to: &html)
            html.append("\" height=\"" as StaticString)
            Self.append(hundredths: height, to: &html)
            html.append("\"/>" as StaticString)
        }
    }

    /// What the picture shows, for those who do not see it.
    package var sentence: String {
        guard let first = points.first, let last = points.last else { return "" }
        let most = points.max { $0.value < $1.value } ?? first
        switch kind {
        case .area where points.count == 1: return "\(text(last.value)) at \(last.label)."
        case .area:
            let verb = last.value > first.value ? "Grows" : last.value < first.value ? "Shrinks" : "Is the same at both ends:"
            let ends = "\(verb) from \(text(first.value)) at \(first.label) to \(text(last.value)) at \(last.label)"
            return most.value > max(first.value, last.value)
                ? "\(ends), with \(text(most.value)) at \(most.label) as the most." : ends + "."
        case .bars:
            let sum = points.reduce(Int64(0)) { $0.addingReportingOverflow(max(0, $1.value)).partialValue }
            let all = "\(text(sum)) from \(first.label) to \(last.label)"
            return most.value > 0 ? "\(all); the most is \(text(most.value)) at \(most.label)." : all + "."
        }
    }

    private func text(_ value: Int64) -> String { unit == .bytes ? PageWords.size(value) : PageWords.count(value) }

    /// The round number, 1, 2, 4, 5, 8 or 6 times a power of ten, that is not below a value: the upper end of the axis.
    static func top(_ value: Int64) -> Int64 {
        var power: Int64 = 1
        while true {
            for factor: Int64 in [1, 2, 4, 5, 6, 8] {
                let (top, isTooLarge) = factor.multipliedReportingOverflow(by: power)
                if isTooLarge { return .max }
                // Half of it stands at the axis, too.
                if top >= value, top == 1 || top % 2 == 0 { return top }
            }
            let (next, isTooLarge) = power.multipliedReportingOverflow(by: 10)
            if isTooLarge { return .max }
            power = next
        }
    }

    /// Of 10,000.
    private static func height(_ value: Int64, _ top: Int64) -> Int64 {
        let value = min(max(value, 0), top)
        let product = value.multipliedFullWidth(by: 10_000)
        return top.dividingFullWidth(product).quotient
    }

    /// `12.5` for 1,250.
    private static func append(hundredths number: Int64, to bytes: inout [UInt8]) {
        bytes.append(decimal: number / 100)
        let rest = number % 100
        guard rest > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(truncatingIfNeeded: 48 + rest / 10))
        if rest % 10 > 0 { bytes.append(UInt8(truncatingIfNeeded: 48 + rest % 10)) }
    }

    /// A share of a whole as a bar beside its number, in a table: `<svg viewBox="0 0 100 8" …>`.
    package static func appendShare(_ value: Int64, of most: Int64, to html: inout [UInt8]) {
        html.append(
            "<svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"fill\" width=\""
                as StaticString)
        append(hundredths: most > 0 ? height(value, most) : 0, to: &html)
        html.append("\" height=\"8\"/></svg>" as StaticString)
    }

    /// At most `limit` points in equal, longer steps: the last value of each (a stock), or their sum (a flow). The newest step is whole.
    package static func thinned(_ points: [Point], as kind: Kind) -> [Point] {
        guard points.count > limit else { return points }
        let step = (points.count + limit - 1) / limit
        // Counted from the newest, which stays the newest.
        var thinned: [Point] = []
        var end = points.count
        while end > 0 {
            let part = points[max(0, end - step)..<end]
            let value =
                kind == .area
                ? points[end - 1].value : part.reduce(Int64(0)) { $0.addingReportingOverflow($1.value).partialValue }
            thinned.append(Point(label: kind == .area ? points[end - 1].label : part[part.startIndex].label, value: value))
            end -= step
        }
        return thinned.reversed()
    }
}
