// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "gradcam",
  products: [
    .executable(name: "gradcam", targets: ["gradcam"]),
    .library(name: "GradCAMCore", targets: ["GradCAMCore", "ModelFormats"]),
  ],
  targets: [
    // MARK: - Executable
    .executableTarget(
      name: "gradcam", dependencies: ["GradCAMCore", "ModelFormats"],
      // The report's page becomes part of the binary, which stays one file.
      resources: [.embedInCode("Reporting/Page")], swiftSettings: strict),

    // MARK: - Core
    .target(
      name: "GradCAMCore", dependencies: ["ModelFormats", "CImageCodecs", "CKernels", "COpenBLAS"],
      swiftSettings: strict),
    .target(name: "ModelFormats", dependencies: ["CFileGuard"], swiftSettings: strict),

    // MARK: - C
    .target(name: "CFileGuard"),
    .target(name: "CKernels", exclude: ["README.md"]),
    .target(name: "CImageCodecs", dependencies: ["CLibJPEG", "CLibPNG"]),

    // MARK: - System libraries
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLibJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .systemLibrary(name: "CLibPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),

    // MARK: - Tests
    .target(
      name: "TestSupport", dependencies: ["GradCAMCore", "ModelFormats"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "GradCAMCoreTests", dependencies: ["GradCAMCore", "ModelFormats", "CKernels", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "ModelFormatsTests", dependencies: ["ModelFormats", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "gradcamTests", dependencies: ["gradcam", "GradCAMCore", "ModelFormats", "TestSupport"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// The plug-in is for those who make the documentation; nobody else fetches it:
// GRADCAM_DOCS=1 swift package generate-documentation --target GradCAMCore
if Context.environment["GRADCAM_DOCS"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
