/// What a manifest is that is not an image to run: by what it says itself, by its configuration, or by its layers.
enum ContainerArtifact {
    /// Types of artifacts, configurations and layers by their media types. What is said of something else is not checked here, and the
    /// words say so.
    private static let names: [String: String] = [
        HelmImage.configType: chart,
        "application/vnd.cncf.notary.signature": "signature, Notary Project (not checked here)",
        "application/vnd.dev.cosign.artifact.sig.v1+json": "signature, cosign (not checked here)",
        "application/vnd.dev.cosign.simplesigning.v1+json": "signature, cosign (not checked here)",
        "application/vnd.dsse.envelope.v1+json": "attestation (not checked here)",
        "application/vnd.in-toto+json": "attestation, in-toto (not checked here)",
        "application/spdx+json": "bill of materials, SPDX", "text/spdx+json": "bill of materials, SPDX",
        "text/spdx": "bill of materials, SPDX",
        "application/vnd.cyclonedx": "bill of materials, CycloneDX",
        "application/vnd.cyclonedx+json": "bill of materials, CycloneDX",
        "application/vnd.cyclonedx+xml": "bill of materials, CycloneDX", "application/vnd.syft+json": "bill of materials, Syft",
        "application/vnd.openvex+json": "statement about vulnerabilities, OpenVEX",
        "application/sarif+json": "report, SARIF",
        "application/vnd.wasm.config.v0+json": "WebAssembly component",
        "application/vnd.docker.plugin.v1+json": "plug-in of Docker",
    ]
    static let chart = "Helm chart"
    /// With a version of its own behind it.
    private static let sigstoreBundle = "application/vnd.dev.sigstore.bundle"

    /// Configurations of images, and of those that have none (OCI Image Specification 1.1, "Guidelines for Artifact Usage").
    private static let plain: Set<String> = [
        "application/vnd.oci.image.config.v1+json", ContainerMediaType.dockerConfig, "application/vnd.oci.empty.v1+json",
    ]

    /// The words for it, or the media type where there are none; nil for an image or an index of some.
    static func name(of manifest: ContainerManifest) -> String? {
        if let type = manifest.artifactType, !type.isEmpty { return name(ofType: type) ?? type }
        if let type = manifest.config?.mediaType, !plain.contains(type) { return name(ofType: type) ?? type }
        // The configuration is an image's where older tools sign, and where builders say how they built.
        guard let first = manifest.layers.first, let name = name(ofType: first.mediaType),
            manifest.layers.allSatisfy({ $0.mediaType == first.mediaType })
        else { return nil }
        guard let predicate = first.annotation("in-toto.io/predicate-type") else { return name }
        if predicate.hasPrefix("https://slsa.dev/provenance/") { return "provenance, SLSA (not checked here)" }
        return predicate.hasPrefix("https://spdx.dev/") ? "bill of materials, SPDX" : name
    }

    /// The words for a media type; nil where there are none.
    static func name(ofType type: String) -> String? {
        names[type] ?? (type.hasPrefix(sigstoreBundle) ? "signature, sigstore (not checked here)" : nil)
    }
}
