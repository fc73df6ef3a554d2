# A relocatable tree: bin, lib, lib/wirewatch/plugins, include/wirewatch, share/wirewatch and the CMake package, so that a
# plugin builds out of tree with find_package(Wirewatch).
get_property(exported GLOBAL PROPERTY WIREWATCH_EXPORTED)
include(InstallWatchEngine)
install(TARGETS ${exported} EXPORT WirewatchTargets LIBRARY DESTINATION lib)
install(EXPORT WirewatchTargets NAMESPACE Wirewatch:: DESTINATION lib/cmake/Wirewatch)
foreach(component IN ITEMS sdk testing)
  install(DIRECTORY core/${component}/ DESTINATION include/wirewatch/${component} FILES_MATCHING PATTERN "*.h")
endforeach()
install(FILES core/http/fetcher.h core/http/network.h DESTINATION include/wirewatch/http)
install(FILES core/templates/channel_template.h core/templates/template.h core/templates/value.h
        DESTINATION include/wirewatch/templates)
install(FILES ${CMAKE_BINARY_DIR}/gen/wirewatch/sdk/build_id.h DESTINATION include/wirewatch/sdk)
install(DIRECTORY ${CMAKE_BINARY_DIR}/gen/wirewatch/v1 DESTINATION include/wirewatch
        FILES_MATCHING PATTERN "*.grpc.pb.h")
install(DIRECTORY proto/wirewatch DESTINATION share/wirewatch/proto FILES_MATCHING PATTERN "*.proto")
install(DIRECTORY config/ DESTINATION share/wirewatch/config)
install(FILES README.md LICENSE NOTICE CHANGELOG.md DESTINATION share/doc/wirewatch OPTIONAL)

include(CMakePackageConfigHelpers)
configure_package_config_file(cmake/WirewatchConfig.cmake.in ${CMAKE_BINARY_DIR}/WirewatchConfig.cmake
                              INSTALL_DESTINATION lib/cmake/Wirewatch)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/WirewatchConfigVersion.cmake COMPATIBILITY ExactVersion)
install(FILES ${CMAKE_BINARY_DIR}/WirewatchConfig.cmake ${CMAKE_BINARY_DIR}/WirewatchConfigVersion.cmake
        DESTINATION lib/cmake/Wirewatch)
