import Corpus
import Foundation
import Testing

@testable import IndexGen

/// ChartMuseum's list of charts says what the index says.
@Suite struct ChartListTests {
    private func objects(_ path: String, of real: RealSite) throws -> NSDictionary? {
        try JSONSerialization.jsonObject(with: Data(Files.read("\(real.site.publicRoot)/acme/helm/\(path)"))) as? NSDictionary
    }

    @Test func `the list is the entries of the index, with every change`() throws {
        let real = try RealSite(settings: "helm: {chart_list: true, index: json}\n", signed: false)
        let charts = HelmCorpus(seed: 11, charts: 3)
        let paths = try (0..<8).map { try charts.file($0).write(into: real.folder + "/inbox") }
        var places: Set<String> = []
        for part in [paths[0..<1], paths[1..<4], paths[4..<8]] {
            places.formUnion(try real.place(Array(part)).compactMap(\.self))
            try real.generate()
            let list = try #require(try objects("api/charts/index.json", of: real))
            #expect(list == (try objects("index.yaml", of: real)?["entries"] as? NSDictionary))
            #expect(list.allValues.reduce(0) { $0 + (($1 as? [Any])?.count ?? 0) } == places.count)
        }
        try real.remove(places)
        try real.generate()
        #expect(try objects("api/charts/index.json", of: real) == [:])
        #expect(try real.faults().isEmpty)
    }

    @Test func `there is no list where the settings do not ask for it`() throws {
        let real = try RealSite(signed: false)
        try real.addCorpora()
        try real.generate()
        #expect(try !real.tree().keys.contains { $0.hasPrefix("acme/helm/api/") })
    }
}
