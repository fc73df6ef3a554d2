// Certificates for tests: an authority, and whom it signs. One thread.
#ifndef WIREWATCH_SERVICE_CERTIFICATES_FIXTURE_H_
#define WIREWATCH_SERVICE_CERTIFICATES_FIXTURE_H_

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace wirewatch::service {

struct KeyPair {
  std::string certificate, key;  // PEM
};

class Authority {
 public:
  explicit Authority(const std::string& name)
      : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
    Fill(*certificate_, name, *key_, "CA:TRUE", "", 0, 3600);
    X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  }
  std::string certificate() const { return Pem(*certificate_); }

  // `names`: as subjectAltName takes them, e.g. "DNS:localhost,IP:127.0.0.1"; empty: none. Valid from and to so many
  // seconds from now.
  KeyPair Issue(const std::string& name, const std::string& names, long from_s = -60, long to_s = 3600) const {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"),
                                                             EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    Fill(*certificate, name, *key, "CA:FALSE", names, from_s, to_s);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
    X509_sign(certificate.get(), key_.get(), EVP_sha256());
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {Pem(*certificate), Text(bio)};
  }

 private:
  static std::string Text(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<size_t>(size));
    BIO_free(bio);
    return text;
  }
  static std::string Pem(X509& certificate) {
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, &certificate);
    return Text(bio);
  }
  static void Extend(X509& certificate, int kind, const std::string& value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static void Fill(X509& certificate, const std::string& name, EVP_PKEY& key, const char* constraints,
                   const std::string& names, long from_s, long to_s) {
    uint32_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    X509_set_version(&certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(&certificate), static_cast<long>(serial >> 1));
    X509_gmtime_adj(X509_getm_notBefore(&certificate), from_s);
    X509_gmtime_adj(X509_getm_notAfter(&certificate), to_s);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(&certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_pubkey(&certificate, &key);
    Extend(certificate, NID_basic_constraints, constraints);
    if (!names.empty()) Extend(certificate, NID_subject_alt_name, names);
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> certificate_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_CERTIFICATES_FIXTURE_H_
