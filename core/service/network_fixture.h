// A FakeHost that serves the network and its control socket, for tests. One thread.
#ifndef WIREWATCH_SERVICE_NETWORK_FIXTURE_H_
#define WIREWATCH_SERVICE_NETWORK_FIXTURE_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

#include "wirewatch/service/certificates_fixture.h"
#include "wirewatch/service/control_server.h"
#include "wirewatch/service/control_socket.h"
#include "wirewatch/service/host_fixture.h"
#include "wirewatch/service/network_server.h"
#include "wirewatch/v1/host_service.grpc.pb.h"

namespace wirewatch::service {

class NetworkFixture : public ::testing::Test {
 protected:
  NetworkFixture() {
    std::string folder = std::filesystem::temp_directory_path() / "wirewatch-XXXXXX";
    folder_ = mkdtemp(folder.data());
    access_options_.tokens = folder_ / "wirewatch.tokens";
    access_options_.audit = folder_ / "audit.jsonl";
    access_options_.refusals = folder_ / "refused.jsonl";
    options_.address = "127.0.0.1:0";
    options_.look_for_certificates = absl::Seconds(1);
  }
  ~NetworkFixture() override {
    server_.reset();
    control_.reset();
    services_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path Write(const std::string& name, const std::string& text) {
    const std::filesystem::path file = folder_ / name;
    std::ofstream(file.string() + "~") << text;
    chmod((file.string() + "~").c_str(), 0600);
    std::filesystem::rename(file.string() + "~", file);
    return file;
  }
  std::string Read(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void UseTls(const KeyPair& pair) {
    options_.certificate = Write("server.pem", pair.certificate);
    options_.key = Write("server.key", pair.key);
  }
  void Start() {
    const absl::Status prepared = PrepareAccess(options_, access_options_);
    ASSERT_TRUE(prepared.ok()) << prepared;
    auto access = Access::Open(access_options_);
    ASSERT_TRUE(access.ok()) << access.status();
    access_ = *std::move(access);
    services_ = std::make_unique<Services>(host_, *access_);
    auto server = NetworkServer::Start(*services_, *access_, options_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    control_ = ControlServer::Start(*services_, ControlSocketPath(folder_ / "desk.db")).value();
  }
  // What its client shows.
  std::string Create(const std::string& name, Scopes scopes, const std::function<void(Token&)>& change = {}) {
    std::string presented;
    EXPECT_TRUE(EditTokenFile(access_options_.tokens, [&](std::vector<Token>& tokens) {
                  Token token;
                  token.name = name;
                  token.scopes = std::move(scopes);
                  token.created = absl::Now();
                  if (change) change(token);
                  presented = IssueSecret(tokens, token).value();
                  tokens.push_back(token);
                  return absl::OkStatus();
                }).ok());
    return presented;
  }

  // A client that trusts `authority` (empty: one without TLS), with a certificate or none.
  std::shared_ptr<grpc::Channel> Connect(const std::string& authority, const KeyPair& pair = {}) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("test.own_connection", ++connections_);
    const auto credentials = authority.empty() ? grpc::InsecureChannelCredentials()
                                               : grpc::SslCredentials({authority, pair.key, pair.certificate});
    return grpc::CreateCustomChannel(server_->address(), credentials, arguments);
  }
  static void Prepare(grpc::ClientContext& context, const std::string& token) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  }
  static grpc::Status GetHost(const std::shared_ptr<grpc::Channel>& channel, const std::string& token = "") {
    grpc::ClientContext context;
    Prepare(context, token);
    v1::GetHostResponse response;
    return v1::HostService::NewStub(channel)->GetHost(&context, {}, &response);
  }

  std::filesystem::path folder_;
  AccessOptions access_options_;
  NetworkOptions options_;
  FakeHost host_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<ControlServer> control_;
  std::unique_ptr<NetworkServer> server_;
  int connections_ = 0;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_NETWORK_FIXTURE_H_
