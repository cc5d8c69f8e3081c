"""URLs of the core app: accounts, the staff rail, absences, health."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.i18n import set_language

from .office import invitation_views
from .office import views as office_views
from .web import style_page, views

urlpatterns = [
    path("petugas/menu/", views.staff_rail, name="staff_rail"),
    path("petugas/gaya/", style_page.style_page, name="style_page"),
    path("petugas/kehadiran/", office_views.absences, name="absences"),
    path("petugas/kehadiran/<int:pk>/selesai/", office_views.absence_end, name="absence_end"),
    path("petugas/kehadiran/plh-plt/", office_views.acting, name="acting"),
    path("petugas/kehadiran/plh-plt/<int:pk>/selesai/", office_views.acting_end, name="acting_end"),
    path("logo/<uuid:pk>.png", office_views.office_emblem, name="office_emblem"),
    path("privasi/", views.privacy, name="privacy"),
    path("aksesibilitas/", views.accessibility, name="accessibility"),
    path("sehat/", views.health, name="health"),
    path("bahasa/", set_language, name="set_language"),
    path("akun/masuk/", account.login, name="account_login"),
    path("akun/keluar/", account.logout, name="account_logout"),
    path("akun/daftar/", account.signup, name="account_signup"),
    path("akun/ditangguhkan/", account.account_inactive, name="account_inactive"),
    path("akun/sandi/ganti/", account.password_change, name="account_change_password"),
    path("akun/sandi/buat/", account.password_set, name="account_set_password"),
    path("akun/sandi/lupa/", views.password_reset, name="account_reset_password"),
    path("akun/sandi/lupa/terkirim/", account.password_reset_done, name="account_reset_password_done"),
    # Keys contain hyphens, so the address is split at the first one.
    re_path(
        r"^akun/sandi/lupa/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "akun/sandi/lupa/selesai/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("akun/masuk-ulang/", account.reauthenticate, name="account_reauthenticate"),
    path("akun/pertama/", invitation_views.start_code, name="start_code"),
    path("akun/pertama/<str:token>/", invitation_views.invitation, name="invitation"),
    path("akun/2fa/", mfa.index, name="mfa_index"),
    path("akun/2fa/masuk/", mfa.authenticate, name="mfa_authenticate"),
    path("akun/2fa/masuk-ulang/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("akun/2fa/totp/aktifkan/", totp.activate_totp, name="mfa_activate_totp"),
    path("akun/2fa/totp/matikan/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("akun/2fa/kode/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("akun/2fa/kode/buat/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("akun/2fa/kode/unduh/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]
