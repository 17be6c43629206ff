"""Addresses of sign-in: those of allauth that we use. Signing up and e-mail are not among them."""

from allauth.account import views
from django.urls import include, path

from . import accounts

urlpatterns = [
    path("link/", accounts.login_link, name="login_link"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", accounts.password_reset, name="account_reset_password"),
    path("2fa/totp/activate/", accounts.SwitchOnSecondFactor.as_view(), name="mfa_activate_totp"),
    path("2fa/", include("allauth.mfa.urls")),
]
