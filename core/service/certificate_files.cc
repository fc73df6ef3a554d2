#include "wirewatch/service/certificate_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"

namespace wirewatch::service {
namespace {

template <class T, void (*kFree)(T*)>
struct Free {
  void operator()(T* object) const { kFree(object); }
};
using File = std::unique_ptr<BIO, Free<BIO, BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;

absl::Status Wrong(const std::filesystem::path& file, const char* what) {
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat(file.string(), ": ", what));
}

// An encrypted key would ask at the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

absl::Status CheckTime(const X509& certificate, const std::filesystem::path& file) {
  if (X509_cmp_current_time(X509_get0_notAfter(&certificate)) < 0) return Wrong(file, "the certificate has expired");
  if (X509_cmp_current_time(X509_get0_notBefore(&certificate)) > 0) {
    return Wrong(file, "the certificate is not valid yet: is the clock right?");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckKeyPair(const std::filesystem::path& certificates, const std::filesystem::path& key) {
  struct stat found {};
  if (stat(key.c_str(), &found) == 0 && (found.st_mode & 07) != 0) {
    return Wrong(key, absl::StrCat("everybody may read this key: run `chmod o= ", key.string(), "`").c_str());
  }
  const File certificate_file(BIO_new_file(certificates.c_str(), "r")), key_file(BIO_new_file(key.c_str(), "r"));
  if (certificate_file == nullptr) return Wrong(certificates, "the certificate cannot be read");
  if (key_file == nullptr) return Wrong(key, "the key cannot be read");
  const Certificate certificate(PEM_read_bio_X509(certificate_file.get(), nullptr, NoPassphrase, nullptr));
  if (certificate == nullptr) return Wrong(certificates, "this is no certificate in PEM");
  const Key private_key(PEM_read_bio_PrivateKey(key_file.get(), nullptr, NoPassphrase, nullptr));
  if (private_key == nullptr) return Wrong(key, "this is no private key in PEM, or it has a passphrase");
  if (X509_check_private_key(certificate.get(), private_key.get()) != 1) {
    return Wrong(key, absl::StrCat("the key is not that of the certificate in ", certificates.string()).c_str());
  }
  return CheckTime(*certificate, certificates);
}

absl::Status CheckAuthorities(const std::filesystem::path& authorities) {
  const File file(BIO_new_file(authorities.c_str(), "r"));
  if (file == nullptr) return Wrong(authorities, "the certificates of the CA cannot be read");
  bool any = false;
  while (const Certificate certificate{PEM_read_bio_X509(file.get(), nullptr, NoPassphrase, nullptr)}) {
    if (X509_check_ca(certificate.get()) == 0) {
      return Wrong(authorities, "one of the certificates is not that of a CA: whom it signed would not be trusted");
    }
    any = true;
  }
  ERR_clear_error();  // the end of the file is one
  return any ? absl::OkStatus() : Wrong(authorities, "there is no certificate in PEM in it");
}

}  // namespace wirewatch::service
