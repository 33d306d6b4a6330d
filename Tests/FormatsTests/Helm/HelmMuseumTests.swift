import Testing

@testable import Formats
@testable import Kit

/// ChartMuseum's addresses for reading.
@Suite struct HelmMuseumTests {
    private func scopes(of chart: HelmChartBuilder, _ options: [String: Options.Value]) throws -> [String] {
        var shelf = HelmShelf(options)
        let listings = try shelf.add(chart.bytes).listings
        #expect(Set(listings.map(\.sortKey)).count == 1 && listings.allSatisfy { $0.partition.name.isEmpty && !$0.shared })
        return listings.map(\.partition.scope)
    }

    private func plans(of scope: String, count: Int, _ options: [String: Options.Value]) -> [DocumentPlan] {
        let partition = Partition(key: PartitionKey(scope: scope), count: count, byteCounts: ["yaml": 10])
        return Helm().documents(
            for: Scope(key: scope, changed: Timestamp(seconds: 0), partitions: [partition]),
            in: HelmShelf(options).repository)
    }

    @Test func `a chart is listed under its name and its version where the settings ask for it`() throws {
        let chart = HelmChartBuilder("web", "1.0.0+7")
        #expect(try scopes(of: chart, ["chart_list": .flag(true)]) == ["", "web", "web/1.0.0+7"])
        #expect(try scopes(of: chart, ["chart_list": .flag(false)]) == [""])
        #expect(try scopes(of: chart, [:]) == [""])
        #expect(try scopes(of: HelmChartBuilder("index.json", "1.0.0"), ["chart_list": .flag(true)]) == [""])
    }

    @Test func `a chart's document is an array, a version's an object, and both go with the last entry`() {
        let on: [String: Options.Value] = ["chart_list": .flag(true)]
        let literal = { (text: String) in Piece.literal([UInt8](text.utf8)) }
        let name = Run("json", of: [PartitionKey(scope: "web")], separator: [UInt8](",".utf8))
        #expect(
            plans(of: "web", count: 2, on) == [
                DocumentPlan(path: "api/charts/web/index.json", body: [literal("["), .run(name), literal("]\n")])
            ])
        let version = Run("json", of: [PartitionKey(scope: "web/1.0.0+7")], separator: [UInt8](",".utf8))
        #expect(
            plans(of: "web/1.0.0+7", count: 1, on) == [
                DocumentPlan(path: "api/charts/web/1.0.0+7", body: [.run(version), literal("\n")])
            ])
        for scope in ["web", "web/1.0.0+7"] {
            #expect(plans(of: scope, count: 0, on) == [] && plans(of: scope, count: 1, [:]) == [])
        }
        #expect(plans(of: "", count: 1, on).map(\.path) == ["index.yaml", "api/charts/index.json"])
        #expect(plans(of: "", count: 1, [:]).map(\.path) == ["index.yaml"])
    }

    @Test func `caches keep charts for ever, and no document`() throws {
        let immutable = try Regex("^" + Helm().profile.immutablePaths)
        for path in ["web-1.0.0.tgz", "web-1.0.0.tgz.prov", "0123456789abcdef/web-1.0.0.tgz"] {
            #expect(path.prefixMatch(of: immutable) != nil, "\(path)")
        }
        for path in ["index.yaml", "api/charts/web/1.0.0-a.tgz", "api/charts/web.tgz/index.json", "api/charts/index.json"] {
            #expect(path.prefixMatch(of: immutable) == nil, "\(path)")
        }
    }
}
