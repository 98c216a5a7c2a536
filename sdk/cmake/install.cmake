# SPDX-License-Identifier: Apache-2.0
# The installed SDK: `cmake --install BUILD --component sdk --prefix DIR` gives what a plugin author needs. The package
# holds no absolute path, so that DIR can be moved or packed.
include(CMakePackageConfigHelpers)
set(latentPackage ${CMAKE_INSTALL_LIBDIR}/cmake/Latent)
set(latentData ${CMAKE_INSTALL_DATADIR}/latent)

install(DIRECTORY include/latent DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/include/latent/version.hpp
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/latent COMPONENT sdk)

set_target_properties(latent_sdk PROPERTIES EXPORT_NAME sdk)
install(TARGETS latent_sdk EXPORT LatentSdk COMPONENT sdk)
install(EXPORT LatentSdk FILE LatentSdk.cmake NAMESPACE Latent:: DESTINATION ${latentPackage} COMPONENT sdk)

configure_package_config_file(cmake/LatentConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/LatentConfig.cmake
    INSTALL_DESTINATION ${latentPackage} PATH_VARS latentData CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/LatentConfigVersion.cmake
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/LatentConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/LatentConfigVersion.cmake
    cmake/LatentAddPlugin.cmake cmake/LatentTorch.cmake DESTINATION ${latentPackage} COMPONENT sdk)

foreach(folder learn panel schema template)
    install(DIRECTORY ${folder} DESTINATION ${latentData} COMPONENT sdk OPTIONAL PATTERN "__pycache__" EXCLUDE)
endforeach()
install(FILES python/latent.py python/latent_draw.py DESTINATION ${latentData}/python COMPONENT sdk OPTIONAL)
