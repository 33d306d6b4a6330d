/// What an image runs on, as descriptors and configurations say it (OCI Image Specification 1.1, "Image Index" and "Image
/// Configuration", which have the same names for it).
enum ContainerPlatform {
    /// Of what is there for no machine: builders put what they say of the other images of an index beside them so (BuildKit's
    /// "Attestation Storage").
    static let none = "unknown/unknown"

    /// `linux/arm/v7`, `windows/amd64 (10.0.20348.2113)`; nil where it is not said. Up to 200 bytes.
    static func text(of value: DataValue?) -> String? {
        guard let value, let system = value["os"]?.string, let machine = value["architecture"]?.string, !system.isEmpty,
            !machine.isEmpty
        else { return nil }
        var text = "\(system)/\(machine)"
        if let variant = value["variant"]?.string, !variant.isEmpty { text += "/\(variant)" }
        if let version = value["os.version"]?.string, !version.isEmpty { text += " (\(version))" }
        return PortraitSketch.cut(text, to: 200)
    }
}
