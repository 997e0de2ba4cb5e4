# A recipe in Homebrew's form. Linux only: the sources import Glibc. Fill in the address and the digest of a release.
class Gradcam < Formula
  desc "Explain what an image classifier looked at"
  license "MIT"
  head "https://example.org/gradcam.git", branch: "main"
  depends_on "swift" => :build
  depends_on "pkgconf" => :build
  depends_on :linux
  depends_on "openblas"
  depends_on "libpng"
  depends_on "jpeg-turbo"

  def install
    system "swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "gradcam"
    bin.install ".build/release/gradcam"
    pkgshare.install "models"
    (man1/"gradcam.1").write Utils.safe_popen_read(bin/"gradcam", "man")
    generate_completions_from_executable(bin/"gradcam", "completions")
  end

  test do
    demo = pkgshare/"models"
    assert_match "opacity", shell_output("#{bin}/gradcam explain #{demo}/images/opacity-01.jpg -w #{demo}/demo-xray.bin")
    assert_path_exists testpath/"opacity-01.gradcam.png"
  end
end
