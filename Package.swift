// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// What only `indexgen serve` needs. The trait is on by default; without it, a build fetches next to none of the packages.
let serves: TargetDependencyCondition? = .when(traits: ["Serve"])

let package = Package(
    name: "indexgen",
    products: [
        .executable(name: "indexgen", targets: ["IndexGen"])
    ],
    traits: [
        .trait(name: "Serve", description: "The ingest endpoint, 'indexgen serve', and the HTTP server that it needs."),
        .default(enabledTraits: ["Serve"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(
            name: "Formats",
            dependencies: ["CZlib", "CBzip2", "CCrypto", "CLibXML2", "CLzma", "CYaml", "CZstd"],
            swiftSettings: strict
        ),
        .target(name: "Templates", path: "templates", resources: [.embedInCode("pages"), .embedInCode("assets")]),
        .executableTarget(
            name: "IndexGen",
            dependencies: [
                "CCrypto", "CLinux", "CSQLite", "Formats", "Templates",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: serves),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: serves),
                .product(name: "Logging", package: "swift-log", condition: serves),
                .product(name: "NIOCore", package: "swift-nio", condition: serves),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: serves),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras", condition: serves),
                .product(name: "NIOPosix", package: "swift-nio", condition: serves),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: serves),
                .product(name: "UnixSignals", package: "swift-service-lifecycle", condition: serves),
            ],
            swiftSettings: strict
        ),
        // Packages made up by the thousand, for tests and benchmarks.
        .target(
            name: "Corpus",
            dependencies: ["Formats"],
            path: "Tests/Corpus",
            swiftSettings: strict
        ),
        // Builders of packages that may lie, one for each format.
        .target(
            name: "Kit",
            dependencies: ["Formats"],
            path: "Tests/Kit",
            exclude: ["apk-reader.py"],
            swiftSettings: strict
        ),
        .testTarget(name: "FormatsTests", dependencies: ["Formats", "Kit"], swiftSettings: strict),
        .testTarget(
            name: "IndexGenTests",
            dependencies: [
                "Corpus", "Formats", "IndexGen", "Kit",
                .product(name: "HTTPTypes", package: "swift-http-types", condition: serves),
                .product(name: "Logging", package: "swift-log", condition: serves),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ClientTests",
            dependencies: ["Corpus", "Formats", "IndexGen", "Kit"],
            exclude: ["npm-login.js", "npm-without-sigstore.js", "odd-wheels.py", "unpack-helm.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "HostileTests",
            dependencies: ["Formats", "IndexGen", "Kit"],
            exclude: ["strict.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CrashTests",
            dependencies: ["Corpus", "Formats", "IndexGen"],
            exclude: ["Faults"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["Corpus", "Formats", "IndexGen"],
            path: "Tests/Fuzz",
            exclude: ["CFuzzer", "Dictionaries", "Fuzzer.swift", "Regressions", "Seeds", "run.sh", "seeds.py"],
            swiftSettings: strict
        ),
    ]
)

// The program that writes corpora to measure with; `swift build` makes every executable there is, so it is there only when asked for.
if Context.environment["INDEXGEN_BENCH"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Corpus"],
            path: "Tests/Benchmarks",
            exclude: ["compare.py", "durable.py", "ingest.py", "measure.py", "peers.py", "run.sh"],
            swiftSettings: strict
        ))
}

// The fuzzer (Tests/Fuzz/run.sh): the targets of FuzzTests as an executable, with libFuzzer's eyes in our own code. Since no
// executable can be linked into another one, the settings reader and what it stands on come as a library.
if Context.environment["INDEXGEN_FUZZ"] == "1" {
    let watched = strict + [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])]
    package.products = []
    package.targets.removeAll { $0.type == .test || $0.name == "IndexGen" }
    package.targets.first { $0.name == "Formats" }?.swiftSettings = watched
    package.targets += [
        .target(
            name: "IndexGen",
            dependencies: ["CLinux", "Formats"],
            // The settings reader, and what it needs.
            sources: ["Access/NetworkAddress.swift", "Blobs/Digester.swift", "Configuration", "Hooks/Hook.swift", "Support"],
            swiftSettings: watched
        ),
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["CFuzzer", "Formats", "IndexGen"],
            path: "Tests/Fuzz",
            exclude: ["CFuzzer", "Dictionaries", "Regressions", "ReplayTests.swift", "Seeds", "run.sh", "seeds.py"],
            swiftSettings: strict,
            linkerSettings: [.linkedLibrary("m"), .linkedLibrary("stdc++")]
        ),
    ]
}
