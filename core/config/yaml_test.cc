#include "wirewatch/config/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace wirewatch::config {
namespace {

using ::testing::HasSubstr;

Environment Variables(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string ErrorsOf(std::string_view text) {
  Diagnostics diagnostics;
  EXPECT_FALSE(ParseYaml(text, "f.yaml", diagnostics));
  return diagnostics.ToString();
}
Node Parsed(std::string_view text) {
  Diagnostics diagnostics;
  std::optional<Node> node = ParseYaml(text, "f.yaml", diagnostics);
  EXPECT_TRUE(node) << diagnostics.ToString();
  return node.value_or(Node());
}

TEST(YamlTest, EveryValueHasItsPlace) {
  const Node node = Parsed("a: 1\nlist:\n  - x\n  - {k: v}\nempty:\n");
  EXPECT_EQ(node.Find("a")->value.at().ToString(), "f.yaml:1:4");
  EXPECT_EQ(node.Find("list")->value.items()[0].at().ToString(), "f.yaml:3:5");
  EXPECT_EQ(node.Find("list")->value.items()[1].Find("k")->key_at.ToString(), "f.yaml:4:6");
  EXPECT_TRUE(node.Find("empty")->value.is_null());
}

TEST(YamlTest, PlacesInsideABlockScalarAreExact) {
  const Node node = Parsed("watches:\n  - query: |\n\n      one\n      two OR\n");
  const Node& query = node.Find("watches")->value.items()[0].Find("query")->value;
  const size_t offset = query.text().find("OR");
  ASSERT_NE(offset, std::string::npos);
  EXPECT_EQ(query.PlaceOf(offset).ToString(), "f.yaml:5:11");
}

TEST(YamlTest, RepeatedKeysAreAnError) {
  EXPECT_THAT(ErrorsOf("a: 1\nb: 2\na: 3\n"), HasSubstr("f.yaml:3:1: error: \"a\" is written twice; first in line 1"));
}
TEST(YamlTest, SyntaxErrorsHaveAPlace) { EXPECT_THAT(ErrorsOf("a: [1, 2\nb: 3"), HasSubstr("f.yaml:2:")); }
TEST(YamlTest, ASecondDocumentIsAnError) { EXPECT_THAT(ErrorsOf("a: 1\n---\nb: 2\n"), HasSubstr("a second document")); }
TEST(YamlTest, AliasBombsAreBounded) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1), name = "a" + std::to_string(i);
    bomb += name + ": &" + name + " [" + before;
    for (int j = 0; j < 9; ++j) bomb += "," + before;
    bomb += "]\n";
  }
  EXPECT_THAT(ErrorsOf(bomb), HasSubstr("more than 200000 values"));
}
TEST(YamlTest, DepthIsBounded) {
  EXPECT_THAT(ErrorsOf(std::string(100, '[') + std::string(100, ']')), HasSubstr("deep"));
}

TEST(VariablesTest, AreFilledIntoParsedValues) {
  Node node = Parsed("a: ${X}\nb: \"${Y:-z}/q\"\nc: ${EMPTY:-d}\nd: $${X}\ne: ^a$\n");
  Diagnostics diagnostics;
  FillVariables(node, Variables({{"X", "v: [1]"}, {"EMPTY", ""}}), diagnostics);
  ASSERT_TRUE(diagnostics.ok()) << diagnostics.ToString();
  EXPECT_EQ(node.Find("a")->value.text(), "v: [1]") << "never parsed as YAML";
  EXPECT_EQ(node.Find("b")->value.text(), "z/q");
  EXPECT_EQ(node.Find("c")->value.text(), "d");
  EXPECT_EQ(node.Find("d")->value.text(), "${X}");
  EXPECT_EQ(node.Find("e")->value.text(), "^a$");
}

TEST(VariablesTest, UnsetVariablesAreErrorsWithTheirPlace) {
  Node node = Parsed("a: x${NOPE}\nb: ${not a name}\nc: ${X\n");
  Diagnostics diagnostics;
  FillVariables(node, Variables({}), diagnostics);
  EXPECT_THAT(diagnostics.ToString(), HasSubstr("f.yaml:1:5: error: the environment variable NOPE is not set"));
  EXPECT_THAT(diagnostics.ToString(), HasSubstr("f.yaml:2:4: error: \"${not a name}\" is not a variable"));
  EXPECT_THAT(diagnostics.ToString(), HasSubstr("f.yaml:3:4: error: \"${\" without \"}\""));
}

TEST(VariablesTest, FilesAreSecrets) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "wirewatch-yaml-test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "token") << "s3cret\n";
  std::ofstream(folder / "p.yaml") << "a: ${file:token}\nb: plain\nc: ${file:none}\n";
  Diagnostics diagnostics;
  const std::optional<Node> node = LoadYaml(folder / "p.yaml", Variables({}), diagnostics);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->Find("a")->value.text(), "s3cret");
  EXPECT_TRUE(node->Find("a")->value.secret());
  EXPECT_FALSE(node->Find("b")->value.secret());
  EXPECT_THAT(diagnostics.ToString(), HasSubstr("the file \"none\" cannot be read"));
  std::filesystem::remove_all(folder);
}

TEST(LoadYamlTest, AMissingFileIsSaidToBeMissing) {
  Diagnostics diagnostics;
  EXPECT_FALSE(LoadYaml("/nonexistent/p.yaml", Variables({}), diagnostics));
  EXPECT_EQ(diagnostics.ToString(), "/nonexistent/p.yaml: error: there is no such file");
}

}  // namespace
}  // namespace wirewatch::config
